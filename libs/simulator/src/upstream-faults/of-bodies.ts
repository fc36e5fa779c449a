import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { endlessWire, html, raw, redirect, wire } from '../behaviours.js';
import {
  answered,
  head,
  JSON_TYPE,
  largeRefusal,
  MEBIBYTE,
  messageJson,
  onWire,
  typeOf,
  type UpstreamFault,
  untilClose,
  wholeBody,
} from './faulty-answer.js';

const BOMB_BYTES = 160 * MEBIBYTE;
const packed = new Map<string, Buffer>();

/** 160 MB of blanks in a few kilobytes, built once. */
function bomb(name: string, pack: (bytes: Buffer) => Buffer): UpstreamFault {
  return answered(`a bomb in ${name}`, (isStream) => {
    const bytes = packed.get(name) ?? pack(Buffer.alloc(BOMB_BYTES, ' '));
    packed.set(name, bytes);
    return untilClose(isStream, bytes, [`content-encoding: ${name}`]);
  });
}

const quickBrotli = (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

function corrupted(isStream: boolean): Buffer {
  const bytes = gzipSync(wholeBody(isStream, 'so many words '.repeat(500)));
  return bytes.fill(0xff, 40, 60);
}

/** Faults with valid HTTP and an invalid body. */
export const BODY_FAULTS: readonly UpstreamFault[] = [
  answered('a redirect', () => redirect('http://127.0.0.1:1/')),
  answered('a web page of status 502', () => html(502)),
  answered('a web page of status 200', () => html(200)),
  answered('an empty answer', (isStream) => untilClose(isStream, '')),
  answered('an empty answer without a content-type', () => raw({ status: 200 })),
  answered('JSON that ends in the middle', (isStream) => untilClose(isStream, wholeBody(isStream).slice(0, 120))),
  answered('bytes that are not UTF-8', (isStream) =>
    untilClose(isStream, Buffer.from(wholeBody(isStream, '\xff\xfe\xc3('), 'latin1')),
  ),
  answered('NUL bytes', (isStream) => untilClose(isStream, Buffer.alloc(100_000))),
  answered('a million opening brackets', (isStream) => untilClose(isStream, '['.repeat(MEBIBYTE))),
  answered('a body without end', (isStream) =>
    endlessWire(function* () {
      yield head([typeOf(isStream), 'connection: close']);
      yield '{"type":"message","content":[{"type":"text","text":"';
      const blanks = ' '.repeat(MEBIBYTE);
      while (true) yield blanks;
    }),
  ),
  answered('a refusal of 300 KB', () => largeRefusal(400, 300_000)),
  answered('a refusal of more than 8 MB', () => largeRefusal(400, 8 * MEBIBYTE + 1)),
  answered('a refusal without end', () =>
    endlessWire(function* () {
      yield head([JSON_TYPE, 'connection: close'], '400 Bad Request');
      const blanks = ' '.repeat(64 * 1024);
      while (true) yield blanks;
    }),
  ),
  onWire('a refusal that stalls', 'open', () => [
    head([JSON_TYPE, 'content-length: 900'], '400 Bad Request'),
    '{"type":"error",',
  ]),
  bomb('gzip', (bytes) => gzipSync(bytes, { level: 1 })),
  bomb('deflate', (bytes) => deflateSync(bytes, { level: 1 })),
  bomb('br', quickBrotli),
  bomb('zstd', zstdCompressSync),
  answered('a bomb in a refusal', () => {
    const bytes = packed.get('br') ?? quickBrotli(Buffer.alloc(BOMB_BYTES, ' '));
    return wire([head([JSON_TYPE, 'content-encoding: br', 'connection: close'], '400 Bad Request'), bytes], 'fin');
  }),
  answered('compressed bytes that are corrupt', (isStream) =>
    untilClose(isStream, corrupted(isStream), ['content-encoding: gzip']),
  ),
  answered('compressed bytes that end in the middle', (isStream) =>
    untilClose(isStream, gzipSync(wholeBody(isStream)).subarray(0, 60), ['content-encoding: gzip']),
  ),
  answered('plain bytes that claim to be compressed', (isStream) =>
    untilClose(isStream, wholeBody(isStream), ['content-encoding: gzip']),
  ),
  answered('an unknown content coding', (isStream) =>
    untilClose(isStream, wholeBody(isStream), ['content-encoding: rot13']),
  ),
  answered('JSON in place of a stream, and the reverse', (isStream) => {
    const body = isStream ? messageJson() : wholeBody(true);
    return untilClose(!isStream, body);
  }),
];
