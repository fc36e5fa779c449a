import { JsonSyntaxError } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AnswerTerms, BedrockAnswerTranslation, eventTypeOf } from './event-stream-to-sse.js';

const METRICS = {
  inputTokenCount: 3,
  outputTokenCount: 5,
  invocationLatency: 842,
  firstByteLatency: 311,
  cacheReadInputTokenCount: 7,
  cacheWriteInputTokenCount: 9,
};
const USAGE = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 9 };

function translationOf(clientModel: string, terms: Partial<AnswerTerms> = {}): BedrockAnswerTranslation {
  return new BedrockAnswerTranslation({ clientModel, restoreNames: new Map(), wantsVerdict: false, ...terms });
}

function eventOf(json: string, translation = translationOf('claude-sonnet-4-5')): string | undefined {
  return translation.event(new Uint8Array(Buffer.from(json)))?.toString();
}

describe('an event', () => {
  it.each([
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"東京 👩‍💻"}}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":{"9":1.0,"1":12345678901234567890}}}',
    '{"type":"from_next_year","x":"\\u00fc\\n"}',
    '{"index":0,"type":"content_block_stop"}',
    '{ "type": "content_block_stop", "index": 0   }',
  ])('is relayed byte for byte: %s', (json) => {
    expect(eventOf(json)).toBe(`event: ${JSON.parse(json).type}\ndata: ${json}\n\n`);
  });

  it('is written on one line', () => {
    expect(eventOf('{\n  "type": "ping",\r\n  "x": 1\n}')).toBe(
      'event: ping\ndata: {   "type": "ping",    "x": 1 }\n\n',
    );
  });

  it.each([
    '{}',
    '{"index":0}',
    '{"type":7}',
    '{"type":"a\\nb"}',
    '{"type":"a\nb"}'.replace('\n', '\\u000a'),
    '{"type":""}',
  ])('without a type that can be named is dropped: %s', (json) => {
    expect(eventOf(json)).toBeUndefined();
  });

  it.each(['', '[]', '<html>', '{"type":', '"message_start"'])('that is not a JSON object throws: %s', (json) => {
    expect(() => eventOf(json)).toThrow();
  });

  it('of the type message_start contains the model of the request', () => {
    const start = '{"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_bdrk_1","n":1.0}}';
    expect(eventOf(start)).toBe(
      `event: message_start\ndata: ${start.replace('claude-sonnet-4-5-20250929', 'claude-sonnet-4-5')}\n\n`,
    );
    expect(eventOf('{"type":"message_start"}')).toBe('event: message_start\ndata: {"type":"message_start"}\n\n');
  });

  it('of the type message_stop reports its metrics as usage and ends the answer', () => {
    const translation = translationOf('m');
    eventOf('{"type":"content_block_stop","index":0}', translation);
    expect([translation.isComplete, translation.measuredUsage()]).toEqual([false, undefined]);
    const stop = `{"type":"message_stop","amazon-bedrock-invocationMetrics":${JSON.stringify(METRICS)}}`;
    expect(eventOf(stop, translation)).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n');
    expect([translation.isComplete, translation.measuredUsage()]).toEqual([true, USAGE]);
  });

  it.each(['{"type":"message_stop"}', '{"type":"message_stop","amazon-bedrock-invocationMetrics":null}'])(
    'ends the answer without metrics: %s',
    (json) => {
      const translation = translationOf('m');
      expect(eventOf(json, translation)).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n');
      expect([translation.isComplete, translation.measuredUsage()]).toEqual([true, undefined]);
    },
  );

  it('of the type error ends the answer', () => {
    const translation = translationOf('m');
    eventOf('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', translation);
    expect(translation.isComplete).toBe(true);
  });

  it('with metrics in its text is not changed', () => {
    const json = '{"type":"content_block_delta","delta":{"text":"amazon-bedrock-invocationMetrics"}}';
    expect(eventOf(json)).toContain(json);
  });
});

describe('a whole answer', () => {
  it('contains the model of the request and no metrics', () => {
    const translation = translationOf('claude-sonnet-4-5');
    const metrics = `"amazon-bedrock-invocationMetrics":${JSON.stringify(METRICS)}`;
    const body = `{"model":"x","content":[{"type":"tool_use","input":{"2":1.0,"1":"amazon-bedrock-invocationMetrics"}}],${metrics}}`;
    const expected =
      '{"model":"claude-sonnet-4-5","content":[{"type":"tool_use","input":{"2":1.0,"1":"amazon-bedrock-invocationMetrics"}}]}';
    expect(translation.json(Buffer.from(body)).toString()).toBe(expected);
    expect(translation.measuredUsage()).toEqual(USAGE);
  });
});

describe('tool names', () => {
  const restoreNames = new Map([['short_1', 'the "long" name']]);

  it('are restored in the events and in a whole answer, and nowhere else', () => {
    const translation = translationOf('m', { restoreNames });
    const start = (block: string) => `{"type":"content_block_start","index":0,"content_block":${block}}`;
    const call = '{"type":"tool_use","id":"a","name":"short_1","input":{ "name":"short_1","n":1e400}}';
    const restored = call.replace('"name":"short_1"', '"name":"the \\"long\\" name"');
    expect(eventOf(start(call), translation)).toBe(`event: content_block_start\ndata: ${start(restored)}\n\n`);
    const other = call.replace('"name":"short_1"', '"name":"short_2"');
    expect(eventOf(start(other), translation)).toContain(start(other));
    const found = (name: string) =>
      `{"type":"tool_search_tool_result","content":{"tool_references":[{"tool_name":${JSON.stringify(name)}}]}}`;
    expect(eventOf(start(found('short_1')), translation)).toContain(found('the "long" name'));
    const body = Buffer.from(`{"content":[{"type":"text","text":"short_1"},${call}]}`);
    expect(translation.json(body).toString()).toBe(`{"content":[{"type":"text","text":"short_1"},${restored}]}`);
  });
});

describe('a verdict on tools', () => {
  const none = '"safeguard_results":[{"type":"dangerous_tool_use","status":{"type":"unavailable","reason":"error"}}]';
  const theirs = '"safeguard_results":[{"type":"dangerous_tool_use","status":{"type":"available","tool_uses":{}}}]';
  const delta = (more: string, tokens = 5) =>
    `{"type":"message_delta","delta":{"stop_reason":"tool_use"${more}},"usage":{"output_tokens":${tokens}}}`;
  const stop = '{"type":"message_stop"}';
  const streamed = (events: string[], wantsVerdict = true) => {
    const translation = translationOf('m', { wantsVerdict });
    const out = events.map((event) => eventOf(event, translation) ?? '');
    return [...out, translation.rest()?.toString() ?? ''].join('');
  };
  const framed = (...events: string[]) =>
    events.map((event) => `event: ${JSON.parse(event).type}\ndata: ${event}\n\n`).join('');

  it('is reported as missing if Bedrock sends none', () => {
    expect(streamed([delta(''), stop])).toBe(framed(delta(`,${none}`), stop));
    expect(streamed([delta(',"safeguard_results":null'), stop])).toBe(framed(delta(`,${none}`), stop));
    expect(translationOf('m', { wantsVerdict: true }).json(Buffer.from('{"content":[]}')).toString()).toBe(
      `{"content":[],${none}}`,
    );
  });

  it('is relayed unchanged if Bedrock sends one', () => {
    expect(streamed([delta(`,${theirs}`), stop])).toBe(framed(delta(`,${theirs}`), stop));
    const whole = `{"content":[],${theirs}}`;
    expect(translationOf('m', { wantsVerdict: true }).json(Buffer.from(whole)).toString()).toBe(whole);
  });

  it('is read from every message_delta', () => {
    const late = [delta('', 1), delta(`,${theirs}`), stop];
    expect(streamed(late)).toBe(framed(...late));
    const early = [delta(`,${theirs}`), delta('', 9), stop];
    expect(streamed(early)).toBe(framed(...early));
    expect(streamed([delta('', 1), delta(''), stop])).toBe(framed(delta('', 1), delta(`,${none}`), stop));
  });

  it('is reported as missing in a stream that breaks after its message_delta', () => {
    expect(streamed([delta('')])).toBe(framed(delta(`,${none}`)));
  });

  it('is not mentioned if the client has not requested it', () => {
    expect(streamed([delta(''), stop], false)).toBe(framed(delta(''), stop));
    expect(translationOf('m').json(Buffer.from('{"content":[]}')).toString()).toBe('{"content":[]}');
  });
});

describe('eventTypeOf', () => {
  it('is not misled by an escape in the type', () => {
    expect(eventTypeOf(Buffer.from('{"type":"err\\u006fr"}'))).toBeUndefined();
  });
});

describe('any content of a chunk', () => {
  it('is one complete event, no event, or an error: it cannot break out of its line', () => {
    const json = fc.oneof(
      fc.json(),
      fc.record({ type: fc.string(), text: fc.string() }).map((event) => JSON.stringify(event)),
      fc.record({ type: fc.constant('message_stop'), x: fc.json() }).map((event) => JSON.stringify(event, null, 2)),
    );
    fc.assert(
      fc.property(json, (text) => {
        let event: string | undefined;
        try {
          event = eventOf(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonSyntaxError);
        }
        expect(event ?? 'event: none\ndata: {}\n\n').toMatch(/^event: [\w.-]+\ndata: [^\r\n]*\n\n$/);
      }),
    );
  });
});
