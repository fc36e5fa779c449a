import { describe, expect, it } from '@jest/globals';
import { LeftOut } from '../left-out.js';
import { pairedCalls } from './paired-calls.js';
import type { Turn } from './turn.js';

const call = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} });
const result = (id: string, text = id) => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }] });
const text = (said: string) => ({ type: 'text', text: said });
const user = (...content: object[]) => ({ role: 'user', content }) as Turn;
const claude = (...content: object[]) => ({ role: 'assistant', content }) as Turn;
const paired = (...turns: Turn[]) => pairedCalls(turns, new LeftOut());
const short = (turns: readonly Turn[]) =>
  turns.map(({ content }) => content.map((block) => block.id ?? block.tool_use_id ?? block.text).join());

describe('pairedCalls', () => {
  it('leaves a conversation without calls as it is', () => {
    const turns = [user(text('hello')), claude(text('hi'))];
    expect(paired(...turns)).toEqual(turns);
  });

  it('puts a result that came late behind its call', () => {
    const turns = [claude(call('a')), user(text('wait')), claude(call('b')), user(result('a'), result('b'))];
    expect(short(paired(...turns))).toEqual(['a', 'a', 'wait', 'b', 'b']);
  });

  it('gives an interrupted call a result that says so', () => {
    expect(paired(claude(call('a')), user(text('stop')))[1]).toEqual({
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'a',
          is_error: true,
          content: [text('The call was interrupted before it had a result.')],
        },
      ],
    });
  });

  it('makes ids unique that a client numbers anew in each turn, and keeps each result with its call', () => {
    const turns = [
      ...[claude(call('call_0'), call('call_1')), user(result('call_0', 'one'), result('call_1', 'two'))],
      ...[claude(call('call_0')), user(result('call_0', 'three'))],
    ];
    expect(paired(...turns)).toEqual([
      claude(call('call_0'), call('call_1')),
      user(result('call_0', 'one'), result('call_1', 'two')),
      claude(call('call_0_2')),
      user(result('call_0_2', 'three')),
    ]);
  });

  it('matches equal ids of one turn in their order, and ids that differ only in what Claude does not take', () => {
    const turns = [
      claude(call('a.b'), call('a_b'), call(''), call('')),
      user(result('', 'x'), result('', 'y'), result('a_b'), result('a.b')),
    ];
    expect(paired(...turns)).toEqual([
      claude(call('a_b'), call('a_b_2'), call('call'), call('call_2')),
      user(result('a_b', 'a.b'), result('a_b_2', 'a_b'), result('call', 'x'), result('call_2', 'y')),
    ]);
  });

  it('matches a result with the latest call of its id, where an older one was interrupted', () => {
    const turns = [claude(call('a')), user(text('stop')), claude(call('a')), user(result('a', 'mine'))];
    const results = paired(...turns).flatMap(({ content }) => content.filter(({ type }) => type === 'tool_result'));
    expect(results).toMatchObject([
      { tool_use_id: 'a', is_error: true },
      { tool_use_id: 'a_2', content: [text('mine')] },
    ]);
  });

  it('keeps what a result says whose call was cut off the history', () => {
    expect(short(paired(user(result('gone', 'rain'), text('and now?')), claude(call('a')), user(result('a'))))[0]).toBe(
      'The result of an earlier tool call:,rain,and now?',
    );
  });

  it('shortens long ids, each to another one', () => {
    const [first, second] = [`${'x'.repeat(100)}1`, `${'x'.repeat(100)}2`];
    const ids = paired(claude(call(first), call(second)))[0]!.content.map(({ id }) => String(id));
    expect(ids.every((id) => id.length <= 64)).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  it('names a second result of the same call as left out', () => {
    const leftOut = new LeftOut();
    const turns = pairedCalls([claude(call('a')), user(result('a', 'one'), result('a', 'two'))], leftOut);
    expect(short(turns)).toEqual(['a', 'a']);
    expect(leftOut.places).toEqual(['a_second_result_of_a_call']);
  });
});
