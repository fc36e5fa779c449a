import { gzipSync } from 'node:zlib';
import { sseEvent } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerObserver } from './answer-observer.js';

const EVENT_STREAM = ['content-type', 'text/event-stream'];
const count = fc.nat(1_000_000);
const usage = fc.record({ input_tokens: count, cache_read_input_tokens: count, output_tokens: count });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

const start = (input: object) =>
  sseEvent('message_start', JSON.stringify({ type: 'message_start', message: { model: 'm', usage: input } }));
const delta = (said: string) =>
  sseEvent('content_block_delta', JSON.stringify({ type: 'content_block_delta', delta: { text: said } }));
const end = (output_tokens: number) =>
  sseEvent('message_delta', JSON.stringify({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens } })) +
  sseEvent('message_stop', '{"type":"message_stop"}');

const pieces = (bytes: Buffer, cuts: readonly number[]) => {
  const marks = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return marks.slice(1).map((mark, index) => bytes.subarray(marks[index]!, mark));
};
const read = async (headers: readonly string[], chunks: readonly Buffer[]) => {
  const observer = new AnswerObserver(headers);
  for (const chunk of chunks) observer.write(chunk);
  await observer.finish();
  return observer.observed;
};

describe('AnswerObserver', () => {
  it('counts the same however a stream is split, compressed or not', () =>
    fc.assert(
      fc.asyncProperty(usage, fc.array(text), fc.array(fc.nat()), async (tokens, said, cuts) => {
        const { output_tokens, ...input } = tokens;
        const stream = Buffer.from(
          start({ ...input, output_tokens: 1 }) + said.map(delta).join('') + end(output_tokens),
        );
        const expected = {
          usage: tokens,
          model: 'm',
          stopReason: 'end_turn',
          hasEnded: true,
          isOutputEstimated: false,
        };
        expect(await read(EVENT_STREAM, pieces(stream, cuts))).toMatchObject(expected);
        const packed = [...EVENT_STREAM, 'content-encoding', 'gzip'];
        expect(await read(packed, pieces(gzipSync(stream), cuts))).toMatchObject(expected);
      }),
      { numRuns: 60 },
    ));

  it('counts the same however a JSON answer is split', () =>
    fc.assert(
      fc.asyncProperty(usage, text, fc.array(fc.nat()), async (tokens, said, cuts) => {
        const body = Buffer.from(JSON.stringify({ model: 'm', content: [{ text: said }], usage: tokens }));
        const observed = await read(['content-type', 'application/json'], pieces(body, cuts));
        expect(observed).toMatchObject({ usage: tokens, model: 'm' });
      }),
    ));

  describe('of a stream that is cut', () => {
    const spoken = (said: string) =>
      sseEvent(
        'content_block_delta',
        `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${JSON.stringify(said)}}}`,
      );
    const around = (words: string) =>
      sseEvent('content_block_start', '{"type":"content_block_start","index":0,"content_block":{"type":"text"}}') +
      sseEvent('ping', '{"type": "ping"}').repeat(20) +
      words +
      sseEvent('content_block_stop', '{"type":"content_block_stop","index":0}');
    const estimated = async (stream: string | Buffer, cuts: readonly number[] = []) =>
      (await read(EVENT_STREAM, pieces(Buffer.from(stream), cuts))).usage?.output_tokens;
    const begun = start({ input_tokens: 3 });

    it('counts four bytes of text to a token, whatever passes beside it', async () => {
      const words = Array.from({ length: 50 }, () => spoken('twelve bytes')).join('');
      expect(await estimated(begun + around(words))).toBe(150);
    });

    it('counts a token for the smallest text, and none where nothing was said', async () => {
      expect(await estimated(begun + around(spoken('a')))).toBe(1);
      expect(await estimated(begun + around(delta('a')))).toBe(1);
      expect(await estimated(begun + spoken('a').slice(0, 110))).toBe(1);
      expect(await estimated(begun + around(''))).toBe(0);
    });

    it('never counts less than the stream has said itself', async () => {
      expect(await estimated(start({ output_tokens: 7 }) + spoken('a'))).toBe(7);
    });

    it('counts the same however it is split: a token for each delta at least, and no more than its bytes', () =>
      fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 1 }), fc.array(fc.nat()), async (said, cuts) => {
          const stream = begun + around(said.map(spoken).join(''));
          const tokens = (await estimated(stream, cuts))!;
          expect(tokens).toBe(await estimated(stream));
          expect(tokens).toBeGreaterThanOrEqual(said.length);
          const bytes = said.reduce((sum, words) => sum + Math.max(4, JSON.stringify(words).length * 3), 0);
          expect(tokens).toBeLessThanOrEqual(Math.ceil(bytes / 4));
        }),
      ));
  });

  it('never throws, whatever the bytes and whatever they claim to be', () => {
    const header = fc.constantFrom('text/event-stream', 'application/json', 'text/plain');
    const coding = fc.constantFrom('identity', 'gzip', 'br', 'deflate', 'zstd', 'nonsense', '');
    const bytes = fc.oneof(
      fc.uint8Array(),
      text.map(delta).map(Buffer.from),
      fc.json().map((json) => Buffer.from(json)),
    );
    return fc.assert(
      fc.asyncProperty(header, coding, fc.array(bytes), async (type, encoding, chunks) => {
        const headers = ['content-type', type, 'content-encoding', encoding];
        await expect(
          read(
            headers,
            chunks.map((chunk) => Buffer.from(chunk)),
          ),
        ).resolves.toBeDefined();
      }),
    );
  });
});
