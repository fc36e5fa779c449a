import { describe, expect, it } from '@jest/globals';
import { eventsOf } from './sse-events.js';

const encoder = new TextEncoder();
const bodyOf = (...chunks: Uint8Array[]) => ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
const read = (...chunks: Uint8Array[]) => Array.fromAsync(eventsOf(bodyOf(...chunks)));

const STREAM = ': connected\n\nevent: exchange\ndata: {"user":"박"}\n\n: ping\n\nevent: limits\r\ndata: {}\r\n\r\n';
const EVENTS = [
  { name: 'exchange', data: '{"user":"박"}' },
  { name: 'limits', data: '{}' },
];

describe('eventsOf', () => {
  it('reads events wherever the stream is cut, and skips comments', async () => {
    const bytes = encoder.encode(STREAM);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(EVENTS);
    }
  });

  it('joins lines of data, takes one space away, and names an event without a name "message"', async () => {
    expect(await read(encoder.encode('data:a\ndata:  b\n\n'))).toEqual([{ name: 'message', data: 'a\n b' }]);
  });

  it('drops an event that the end of the stream has cut off', async () => {
    expect(await read(encoder.encode('event: limits\ndata: {}\n'))).toEqual([]);
  });

  it('cancels the stream when its reader stops', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(encoder.encode('data: 1\n\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const _ of eventsOf(body)) break;
    expect(isCancelled).toBe(true);
  });
});
