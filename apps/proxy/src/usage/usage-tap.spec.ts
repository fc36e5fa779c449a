import { gzipSync } from 'node:zlib';
import { sseEvent } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageTap } from './usage-tap.js';

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
  const tap = new UsageTap(headers);
  for (const chunk of chunks) tap.write(chunk);
  await tap.finish();
  return tap.observed;
};

describe('UsageTap', () => {
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
