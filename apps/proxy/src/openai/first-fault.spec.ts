import { walkedMegabytes } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { listOf } from './first-fault.js';
import { translated } from './testing/translated.js';

const MANY = 90_000;
const zeros = () => Array.from({ length: MANY }, () => 0);
const HELLO = [{ role: 'user', content: 'hello' }];

describe('listOf', () => {
  const pair = z.object({ a: z.object({ b: z.string() }) });

  it('gives what a list holds', () => {
    expect(listOf(pair).parse([{ a: { b: 'c', more: 1 } }])).toEqual([{ a: { b: 'c' } }]);
  });

  it('reports the first fault alone, with its place and the words of its check', () => {
    const faulty = [{ a: { b: 'c' } }, { a: { b: 1 } }, 2, 3];
    expect(z.object({ list: listOf(pair) }).safeParse({ list: faulty }).error?.issues).toMatchObject([
      { path: ['list', 1, 'a', 'b'], message: 'Invalid input: expected string, received number' },
    ]);
  });

  it('reports what is not a list, or too short', () => {
    expect(listOf(pair, 1).safeParse({}).error?.issues).toMatchObject([{ code: 'invalid_type', path: [] }]);
    expect(listOf(pair, 1).safeParse([]).error?.issues).toMatchObject([{ code: 'too_small', path: [] }]);
  });
});

describe('the check of a body ends at its first fault', () => {
  it.each<[name: string, members: Record<string, unknown>, param: string]>([
    ['messages', { messages: zeros() }, 'messages[0]'],
    ['faults behind a good message', { messages: [...HELLO, ...zeros()] }, 'messages[1]'],
    ['parts of a content', { messages: [{ role: 'user', content: zeros() }] }, 'messages[0].content[0]'],
    ['tool calls', { messages: [{ role: 'assistant', tool_calls: zeros() }] }, 'messages[0].tool_calls[0]'],
    ['tools', { messages: HELLO, tools: zeros() }, 'tools[0]'],
    ['stop sequences', { messages: HELLO, stop: zeros() }, 'stop'],
    [
      'allowed tools',
      { messages: HELLO, tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: zeros() } } },
      'tool_choice',
    ],
  ])('of chat: %s', (_name, members, param) => {
    const cost = walkedMegabytes(() => {
      expect(() => translated('chat', members)).toThrow(
        expect.objectContaining({ type: 'invalid_request_error', details: expect.objectContaining({ param }) }),
      );
    });
    expect(cost).toBeLessThan(2_000);
  });

  it.each<[name: string, members: Record<string, unknown>, param: string]>([
    ['input', { input: zeros() }, 'input[0]'],
    ['parts of a content', { input: [{ role: 'user', content: zeros() }] }, 'input[0].content[0]'],
    [
      'the output of a call',
      { input: [{ type: 'function_call_output', call_id: 'a', output: zeros() }] },
      'input[0].output[0]',
    ],
    ['tools', { input: 'hello', tools: zeros() }, 'tools[0]'],
  ])('of responses: %s', (_name, members, param) => {
    const cost = walkedMegabytes(() => {
      expect(() => translated('responses', members)).toThrow(
        expect.objectContaining({ type: 'invalid_request_error', details: expect.objectContaining({ param }) }),
      );
    });
    expect(cost).toBeLessThan(2_000);
  });
});

describe('a good body of many parts costs its length', () => {
  const times = <Value>(make: (index: number) => Value) => Array.from({ length: 30_000 }, (_, index) => make(index));
  it.each<[name: string, members: Record<string, unknown>]>([
    ['messages', { messages: times(() => HELLO[0]) }],
    ['system messages', { messages: [...HELLO, ...times(() => ({ role: 'system', content: 'x' }))] }],
    ['parts', { messages: [{ role: 'user', content: times(() => ({ type: 'text', text: 'x' })) }] }],
    ['tools', { messages: HELLO, tools: times((index) => ({ type: 'function', function: { name: `t${index}` } })) }],
    [
      'properties of a schema',
      {
        messages: HELLO,
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'x',
            schema: {
              type: 'object',
              properties: Object.fromEntries(times((index) => [`p${index}`, { minLength: 1 }])),
            },
          },
        },
      },
    ],
  ])('%s', (_name, members) => {
    expect(walkedMegabytes(() => translated('chat', members))).toBeLessThan(5_000);
  });
});

/** Of this thread: on a busy machine other work does not count. */
