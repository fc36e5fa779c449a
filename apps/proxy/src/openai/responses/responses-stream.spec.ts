import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json-object.js';
import type { GivenTools } from '../tools/tool-names.js';
import { anthropicToResponses } from './anthropic-to-responses.js';
import { ResponsesStream } from './anthropic-to-responses-stream.js';

const START = { type: 'message_start', message: { id: 'msg_1', model: 'claude-opus-5-5', usage: { input_tokens: 3 } } };
const block = (index: number, content: object, ...deltas: object[]) => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const text = (index: number, said: string) =>
  block(index, { type: 'text', text: '' }, { type: 'text_delta', text: said });
const call = (index: number, name: string, ...pieces: string[]) =>
  block(
    index,
    { type: 'tool_use', id: `toolu_${index}`, name, input: {} },
    ...pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  );
const end = (stop_reason: string, stop_details?: object) => [
  { type: 'message_delta', delta: { stop_reason, stop_details }, usage: { output_tokens: 5 } },
  { type: 'message_stop' },
];
const eventsOf = (written: string) =>
  written
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => JSON.parse(/^data: (.*)$/m.exec(frame)![1]!) as JsonObject & { type: string });
const played = (events: readonly ({ type: string } & JsonObject)[], tools: GivenTools = {}) => {
  const stream = new ResponsesStream({}, tools);
  return eventsOf(events.map((event) => stream.translate(event.type, event)).join(''));
};
const doneItems = (events: readonly JsonObject[]) =>
  events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);

describe('the end of a response', () => {
  it('makes the item that max_tokens cut off incomplete, and none before it', () => {
    const events = played([START, ...text(0, 'whole'), ...call(1, 'write', '{"path":"a'), ...end('max_tokens')]);
    expect(doneItems(events)).toMatchObject([
      { status: 'completed' },
      { type: 'function_call', status: 'incomplete', arguments: '{"path":"a' },
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        incomplete_details: { reason: 'max_output_tokens' },
        output: [{ status: 'completed' }, { status: 'incomplete' }],
      },
    });
  });

  it.each(['max_tokens', 'model_context_window_exceeded', 'server_timeout'])(
    'is incomplete after %s, in one piece too',
    (reason) => {
      const content = [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'half a' },
      ];
      const response = anthropicToResponses({ id: 'msg_1', content, stop_reason: reason }, {});
      expect(response).toMatchObject({
        status: 'incomplete',
        output: [{ status: 'completed' }, { status: 'incomplete' }],
      });
    },
  );

  it('contains what Claude says about a refusal, as a part of its own', () => {
    const events = played([START, ...end('refusal', { explanation: 'Not with this.' })]);
    expect(events.map(({ type }) => type).slice(2)).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.incomplete',
    ]);
    const expected = [{ type: 'message', content: [{ type: 'refusal', refusal: 'Not with this.' }] }];
    expect((events.at(-1)!.response as JsonObject).output).toMatchObject(expected);
    const message = {
      id: 'msg_1',
      content: [],
      stop_reason: 'refusal',
      stop_details: { explanation: 'Not with this.' },
    };
    expect(anthropicToResponses(message, {})).toMatchObject({ status: 'incomplete', output: expected });
  });

  const ERROR = { message: 'Overloaded', type: 'server_error', param: null, code: 'overloaded' };

  it('is an error and a failed response, with what was written until then', () => {
    const stream = new ResponsesStream({});
    const begun = [START, ...text(0, 'whole'), ...call(1, 'look', '{').slice(0, 2)];
    const events = eventsOf(begun.map((event) => stream.translate(event.type, event)).join('') + stream.fail(ERROR));
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', code: 'overloaded', message: 'Overloaded' },
      {
        type: 'response.failed',
        response: {
          id: 'resp_1',
          status: 'failed',
          error: { code: 'overloaded', message: 'Overloaded' },
          output: [{ type: 'message' }, { type: 'function_call', status: 'incomplete' }],
        },
      },
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  });

  it('is a failed response also where nothing had begun', () => {
    const events = eventsOf(new ResponsesStream({}).fail(ERROR));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'error',
      'response.failed',
    ]);
    const [created, failed] = [events[0], events.at(-1)].map((event) => event!.response as JsonObject);
    expect(created!.id).toMatch(/^resp_\w{32}$/);
    expect(failed!.id).toBe(created!.id);
  });
});

describe('a custom tool as a stream', () => {
  const TOOLS = { patch: { name: 'patch', kind: 'custom', namespace: 'files' } } as const;

  it('comes as a text, piece by piece', () => {
    const events = played(
      [START, ...call(0, 'patch', '{"inp', 'ut": "*** ', 'Begin\\', 'n"}'), ...end('tool_use')],
      TOOLS,
    );
    const deltas = events.filter(({ type }) => type === 'response.custom_tool_call_input.delta');
    expect(deltas.map(({ delta }) => delta)).toEqual(['*** ', 'Begin', '\n']);
    expect(events.find(({ type }) => type === 'response.custom_tool_call_input.done')).toMatchObject({
      item_id: 'ctc_1_0',
      input: '*** Begin\n',
    });
    expect(doneItems(events)).toMatchObject([
      { type: 'custom_tool_call', name: 'patch', namespace: 'files', input: '*** Begin\n', status: 'completed' },
    ]);
  });
});

describe('thinking as a stream', () => {
  it('is an item that its caller can return', () => {
    const thinking = block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: 's' },
    );
    const events = played([START, ...thinking, ...text(1, 'x'), ...end('end_turn')]);
    const whole = {
      id: 'msg_1',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'x' },
      ],
      stop_reason: 'end_turn',
    };
    const { output } = anthropicToResponses(whole, {});
    expect((events.at(-1)!.response as JsonObject).output).toEqual(output);
    expect((output as JsonObject[])[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) });
  });
});
