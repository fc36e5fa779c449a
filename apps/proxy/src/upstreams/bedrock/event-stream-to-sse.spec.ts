import { JsonSyntaxError } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BedrockAnswerTranslation, eventTypeOf } from './event-stream-to-sse.js';

const METRICS = {
  inputTokenCount: 3,
  outputTokenCount: 5,
  invocationLatency: 842,
  firstByteLatency: 311,
  cacheReadInputTokenCount: 7,
  cacheWriteInputTokenCount: 9,
};
const USAGE = { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 9 };

function eventOf(json: string, translation = new BedrockAnswerTranslation('claude-sonnet-4-5')): string | undefined {
  return translation.event(new Uint8Array(Buffer.from(json)))?.toString();
}

describe('an event', () => {
  it.each([
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"東京 👩‍💻"}}',
    '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","input":{"9":1.0,"1":12345678901234567890}}}',
    '{"type":"from_next_year","x":"\\u00fc\\n"}',
    '{"index":0,"type":"content_block_stop"}',
    '{ "type": "content_block_stop", "index": 0   }',
  ])('goes out byte for byte: %s', (json) => {
    expect(eventOf(json)).toBe(`event: ${JSON.parse(json).type}\ndata: ${json}\n\n`);
  });

  it('is put on one line', () => {
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

  it.each(['', '[]', '<html>', '{"type":', '"message_start"'])('that is no JSON object throws: %s', (json) => {
    expect(() => eventOf(json)).toThrow();
  });

  it('of the kind message_start bears the model that the client asked for', () => {
    const start = '{"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_bdrk_1","n":1.0}}';
    expect(eventOf(start)).toBe(
      `event: message_start\ndata: ${start.replace('claude-sonnet-4-5-20250929', 'claude-sonnet-4-5')}\n\n`,
    );
    expect(eventOf('{"type":"message_start"}')).toBe('event: message_start\ndata: {"type":"message_start"}\n\n');
  });

  it('of the kind message_stop gives its metrics as usage and ends the answer', () => {
    const translation = new BedrockAnswerTranslation('m');
    eventOf('{"type":"content_block_stop","index":0}', translation);
    expect([translation.isComplete, translation.measuredUsage()]).toEqual([false, undefined]);
    const stop = `{"type":"message_stop","amazon-bedrock-invocationMetrics":${JSON.stringify(METRICS)}}`;
    expect(eventOf(stop, translation)).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n');
    expect([translation.isComplete, translation.measuredUsage()]).toEqual([true, USAGE]);
  });

  it.each(['{"type":"message_stop"}', '{"type":"message_stop","amazon-bedrock-invocationMetrics":null}'])(
    'ends the answer without metrics: %s',
    (json) => {
      const translation = new BedrockAnswerTranslation('m');
      expect(eventOf(json, translation)).toBe('event: message_stop\ndata: {"type":"message_stop"}\n\n');
      expect([translation.isComplete, translation.measuredUsage()]).toEqual([true, undefined]);
    },
  );

  it('of the kind error ends the answer', () => {
    const translation = new BedrockAnswerTranslation('m');
    eventOf('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', translation);
    expect(translation.isComplete).toBe(true);
  });

  it('that merely talks about metrics keeps its words', () => {
    const json = '{"type":"content_block_delta","delta":{"text":"amazon-bedrock-invocationMetrics"}}';
    expect(eventOf(json)).toContain(json);
  });
});

describe('a whole answer', () => {
  it('bears the model that the client asked for and no metrics', () => {
    const translation = new BedrockAnswerTranslation('claude-sonnet-4-5');
    const metrics = `"amazon-bedrock-invocationMetrics":${JSON.stringify(METRICS)}`;
    const body = `{"model":"x","content":[{"type":"tool_use","input":{"2":1.0,"1":"amazon-bedrock-invocationMetrics"}}],${metrics}}`;
    const expected =
      '{"model":"claude-sonnet-4-5","content":[{"type":"tool_use","input":{"2":1.0,"1":"amazon-bedrock-invocationMetrics"}}]}';
    expect(translation.json(Buffer.from(body)).toString()).toBe(expected);
    expect(translation.measuredUsage()).toEqual(USAGE);
  });
});

describe('eventTypeOf', () => {
  it('is not misled by an escape in the type', () => {
    expect(eventTypeOf(Buffer.from('{"type":"err\\u006fr"}'))).toBeUndefined();
  });
});

describe('whatever Bedrock puts into a chunk', () => {
  it('is one whole event, none, or said to be no JSON object: nothing breaks out of its line', () => {
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
