import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';

export type Coding = 'plain' | 'gzip' | 'deflate' | 'br' | 'zstd';
export type Kind = 'message' | 'stream' | 'refusal' | 'page' | 'bytes';

const CODINGS: Readonly<Record<Coding, (bytes: Buffer) => Buffer>> = {
  plain: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes, { level: 1 }),
  deflate: (bytes) => deflateSync(bytes, { level: 1 }),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (bytes) => zstdCompressSync(bytes),
};
const DELTA_BYTES = 1_000;
const WIDE = 'Größe 東京 👩‍💻 ';
const MODEL = 'claude-opus-5-5';
const USAGE = { input_tokens: 10, output_tokens: 5 };
export const FAR_URL = 'https://api.anthropic.com/v1/messages/batches/msgbatch_1/results';

/** Text of this many bytes with characters of one to four bytes, which does not compress to almost nothing. */
function textOf(bytes: number): string {
  let text = '';
  let state = 1;
  for (let length = 0; length < bytes - 60; ) {
    state = (state * 48_271) % 2_147_483_647;
    const word = state % 7 === 0 ? WIDE : `${state.toString(36)} `;
    text += word;
    length += Buffer.byteLength(word);
  }
  return text + 'x'.repeat(bytes - Buffer.byteLength(text));
}

/** A body of exactly this many bytes; below 1,000 bytes an incomplete one. */
export function bodyOf(kind: Kind, bytes: number): Buffer {
  if (kind === 'bytes') return noise(bytes);
  if (bytes < 1_000) return Buffer.from(kind === 'stream' ? '\n' : '{').subarray(0, bytes);
  if (kind === 'stream') return streamOf(bytes);
  const build = BUILDERS[kind];
  return Buffer.from(build(textOf(bytes - build('').length)));
}

export function encoded(body: Buffer, coding: Coding): Buffer {
  return CODINGS[coding](body);
}

const message = (text: string) => ({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: MODEL, content: [{ type: 'text', text }] },
  ...{ stop_reason: 'end_turn', usage: USAGE },
});

const BUILDERS: Readonly<Record<Exclude<Kind, 'bytes' | 'stream'>, (text: string) => string>> = {
  message: (text) => JSON.stringify(message(text)),
  refusal: (text) => JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: text } }),
  page: (text) => JSON.stringify({ data: [{ id: 'msgbatch_1', text, results_url: FAR_URL }], has_more: false }),
};

function event(name: string, members: object = {}): string {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...members })}\n\n`;
}

function delta(text: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

function streamOf(bytes: number): Buffer {
  const start = [
    event('message_start', { message: { ...message(''), content: [], stop_reason: null } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ].join('');
  const end = [
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: USAGE }),
    event('message_stop'),
  ].join('');
  const frameBytes = delta('').length;
  let missing = bytes - start.length - end.length;
  const deltas: string[] = [];
  const full = delta(textOf(DELTA_BYTES));
  for (; missing > 2 * Buffer.byteLength(full); missing -= Buffer.byteLength(full)) deltas.push(full);
  return Buffer.from(start + deltas.join('') + delta(textOf(missing - frameBytes)) + end);
}

/** All byte values in an incompressible order. */
function noise(bytes: number): Buffer {
  const body = Buffer.alloc(bytes);
  let state = 1;
  for (let index = 0; index < bytes; index += 1) {
    state = (state * 48_271) % 2_147_483_647;
    body[index] = state & 0xff;
  }
  return body;
}
