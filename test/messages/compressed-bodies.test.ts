import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EndedExchanges } from '../support/ended-exchanges.js';
import { CLIENT_HEADERS, MESSAGE } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
let seen: EndedExchanges;

beforeAll(async () => {
  pair = await startPair({}, { isStrict: false });
  seen = new EndedExchanges(pair.gateway);
});
beforeEach(() => {
  pair.anthropic.reset();
  seen.clear();
});
afterAll(() => pair.close());

const CODINGS = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const;

const post = (body: Buffer, coding: string, path = '/v1/messages') =>
  rawRequest(pair.gateway.port, {
    method: 'POST',
    path,
    headers: [...Object.entries(CLIENT_HEADERS).flat(), 'Content-Encoding', coding],
    body,
  });

describe.each(CODINGS)('a body compressed with %s', (coding, compress) => {
  it('reaches Anthropic unchanged, and is decoded by the gateway', async () => {
    const body = compress(Buffer.from(JSON.stringify({ ...MESSAGE, model: 'claude-haiku-4-5' })));
    expect((await post(body, coding)).status).toBe(200);
    const arrived = await pair.anthropic.requestAt(0);
    expect(arrived.body.equals(body)).toBe(true);
    expect(arrived.headers).toMatchObject({ 'content-encoding': coding, 'content-length': String(body.length) });
    expect(seen.all.map(({ model }) => model)).toEqual(['claude-haiku-4-5']);
  });

  it('is refused with 413 if it decodes to more than 32 MiB', async () => {
    const bomb = compress(Buffer.alloc(48 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const { status, body } = await post(bomb, coding);
    expect([status, JSON.parse(body.toString()).error.type]).toEqual([413, 'request_too_large']);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('is refused with 400 if it does not match its header or is incomplete', async () => {
    const whole = compress(Buffer.from(JSON.stringify(MESSAGE)));
    for (const body of [Buffer.from(JSON.stringify(MESSAGE)), whole.subarray(0, whole.length / 2)]) {
      const answer = await post(body, coding);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body.toString()).error.message).toContain('cannot be decoded');
    }
    expect(pair.anthropic.requests).toHaveLength(0);
  });
});

describe('a coding', () => {
  it.each(['compress', 'gzip, br', 'nonsense'])('that the gateway does not support is refused: %s', async (coding) => {
    const { status, body } = await post(Buffer.from(JSON.stringify(MESSAGE)), coding);
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('content-encoding')]);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('named identity means no coding', async () => {
    expect((await post(Buffer.from(JSON.stringify(MESSAGE)), 'identity')).status).toBe(200);
  });

  it('is not checked for a relayed body', async () => {
    const body = Buffer.from('not gzip at all');
    await post(body, 'gzip', '/v1/messages/batches');
    expect((await pair.anthropic.requestAt(0)).body.equals(body)).toBe(true);
  });
});
