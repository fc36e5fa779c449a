import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sseEvent } from './sse.js';
import { SseScanner } from './sse-scanner.js';

function scan(
  chunks: readonly Buffer[],
  wanted: readonly string[],
): { events: [string, string | undefined][]; scanner: SseScanner } {
  const events: [string, string | undefined][] = [];
  const scanner = new SseScanner({
    wants: (name) => wanted.includes(name),
    onEvent: (name, data) => events.push([name, data]),
  });
  for (const chunk of chunks) scanner.write(chunk);
  return { events, scanner };
}

const STREAM = Buffer.from(
  `: hello\n\n${sseEvent('message_start', '{"a":"ü😀"}')}${sseEvent('ping', '{"type": "ping"}')}${sseEvent('content_block_delta', '{"event: message_stop":1}')}event:message_delta\r\ndata:{"b":\r\ndata: 2}\r\n\r\ndata: {"nameless":true}\n\n${sseEvent('message_stop', '{}')}`,
);
const WANTED = ['message_start', 'message_delta', 'message_stop'];
const EXPECTED: [string, string][] = [
  ['message_start', '{"a":"ü😀"}'],
  ['message_delta', '{"b":\n2}'],
  ['message_stop', '{}'],
];

describe('SseScanner', () => {
  it('reports the wanted events of a stream', () => {
    expect(scan([STREAM], WANTED).events).toEqual(EXPECTED);
  });

  it('reports the same events for any split of the stream', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length)), (cuts) => {
        const marks = [...new Set([0, ...cuts, STREAM.length])].sort((a, b) => a - b);
        const chunks = marks.slice(1).map((end, index) => STREAM.subarray(marks[index]!, end));
        expect(scan(chunks, WANTED).events).toEqual(EXPECTED);
      }),
    );
  });

  it('measures the configured event for any split of the stream', () => {
    const said = ['{"a":1}', '{"ü":"😀"}', '{}'];
    const delta = (data: string) => sseEvent('content_block_delta', data);
    const stream = Buffer.from(`${delta(said[0]!)}${STREAM}${delta(said[1]!)}${STREAM}${delta(said[2]!)}`);
    const expected = [said[0], '{"event: message_stop":1}', said[1], '{"event: message_stop":1}', said[2]].map((data) =>
      Buffer.byteLength(`data: ${data}`),
    );
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const measured: number[] = [];
      const scanner = new SseScanner({
        wants: (name) => WANTED.includes(name),
        onEvent: () => {},
        measured: 'content_block_delta',
        onMeasured: (bytes) => measured.push(bytes),
      });
      scanner.write(stream.subarray(0, cut));
      const isInFirst = cut >= 'event: content_block_delta\ndata:'.length && measured.length === 0;
      if (isInFirst) expect(scanner.openBytes).toBe(cut - 'event: content_block_delta\n'.length);
      scanner.write(stream.subarray(cut));
      expect(measured).toEqual(expected);
      expect(scanner.openBytes).toBe(0);
    }
  });

  it('never throws, for any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        scan(
          pieces.map((piece) => Buffer.from(piece)),
          WANTED,
        );
      }),
    );
  });

  it('reports where another event may be inserted', () => {
    for (let length = 0; length <= STREAM.length; length += 1) {
      const head = STREAM.subarray(0, length).toString('latin1');
      const isBetween = head === '' || /\n\r?\n$/.test(head);
      expect(scan([STREAM.subarray(0, length)], WANTED).scanner.isBetweenEvents).toBe(isBetween);
    }
  });

  it.each([
    ['whole', 1_000_000],
    ['in pieces', 999],
    ['byte by byte', 1],
  ])('measures bytes without an event: pings and comments, %s', (_how, size) => {
    const { scanner } = scan([Buffer.from(sseEvent('message_start', '{}'))], WANTED);
    const idle = Buffer.from(`${sseEvent('ping', '{"type": "ping"}')}: comment\n\n`.repeat(1_000));
    for (let start = 0; start < idle.length; start += size) scanner.write(idle.subarray(start, start + size));
    expect(scanner.idleBytes).toBe(idle.length);
    scanner.write(Buffer.from(sseEvent('content_block_delta', '{}')));
    expect(scanner.idleBytes).toBe(0);
  });

  it('does not count a long event as silence', () => {
    const { scanner } = scan([Buffer.from('event: content_block_delta\ndata: ')], WANTED);
    for (let count = 0; count < 100; count += 1) scanner.write(Buffer.alloc(100_000, 'x'));
    expect(scanner.idleBytes).toBe(0);
  });

  it('buffers no more for many data lines than for one', () => {
    const line = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n`);
    const start = Buffer.from('event: message_start\n');
    const { events } = scan(
      [start, line, line, line, line, line, Buffer.from(`\n${sseEvent('message_stop', '{}')}`)],
      WANTED,
    );
    expect(events).toEqual([
      ['message_start', undefined],
      ['message_stop', '{}'],
    ]);
  });

  it('reports an event without its data if the data is too long', () => {
    const long = Buffer.from(sseEvent('message_start', `"${'x'.repeat(5 * 1024 * 1024)}"`));
    const halves = [long.subarray(0, 4_500_000), long.subarray(4_500_000)];
    expect(scan(halves, WANTED).events).toEqual([['message_start', undefined]]);
  });
});
