import { once } from 'node:events';
import { Readable } from 'node:stream';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { refuse } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

const MB = 1_000_000;
const FILE_BYTES = 60 * MB;

let pair: Pair;
let client: Anthropic;

beforeAll(async () => {
  pair = await startPair({}, { fileBytes: FILE_BYTES });
  client = new Anthropic({ apiKey: 'sk-ant-api03-caller', baseURL: pair.gateway.url, maxRetries: 0, logLevel: 'off' });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

describe('an upload', () => {
  it('of 40 MB works with the official SDK', async () => {
    const file = await toFile(Buffer.alloc(40 * MB, 'x'), 'big.bin', { type: 'application/octet-stream' });
    const uploaded = await client.beta.files.upload({ file });
    expect(uploaded).toMatchObject({ type: 'file', filename: 'big.bin' });
    expect(uploaded.size_bytes).toBeGreaterThan(40 * MB);
    expect((await pair.anthropic.requestAt(0)).headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  });

  it('reaches Anthropic while the client is still sending', async () => {
    const upload = await RawSocket.connect(pair.gateway.port);
    upload.write(headOfPost('/user/alice/v1/files', 'transfer-encoding: chunked')).write('5\r\nhello\r\n');
    while (pair.anthropic.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    upload.write('5\r\nworld\r\n0\r\n\r\n');
    expect(await upload.readUntil('"size_bytes":10')).toMatch(/^HTTP\/1\.1 200/);
    upload.destroy();
  });

  it('keeps its announced length', async () => {
    await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/files',
      headers: Object.entries(CLIENT_HEADERS).flat(),
      body: Buffer.alloc(123),
    });
    expect((await pair.anthropic.requestAt(0)).headers['content-length']).toBe('123');
  });

  it('is answered if Anthropic refuses it before its end', async () => {
    pair.anthropic.scriptAt('/v1/files', refuse(413, { errorType: 'request_too_large' }));
    expect(await statusOfLongUpload(pair.gateway.port)).toMatch(/^HTTP\/1\.1 413 .*request_too_large/s);
  });

  it('is answered if Anthropic is unreachable', async () => {
    const lonely = await startPair({ ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:1' });
    try {
      expect(await statusOfLongUpload(lonely.gateway.port)).toMatch(/^HTTP\/1\.1 502 .*ECONNREFUSED/s);
    } finally {
      await lonely.close();
    }
  });

  it('is answered if its caller has no credential', async () => {
    const { status } = await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/files',
      body: Readable.from([Buffer.alloc(40 * MB)]),
    });
    expect(status).toBe(401);
  });
});

describe('a download', () => {
  it('works with the official SDK', async () => {
    const response = await client.beta.files.download('file_1');
    expect((await response.arrayBuffer()).byteLength).toBe(FILE_BYTES);
  });

  it('is read while Anthropic still writes, no faster than the client reads', async () => {
    const download = await RawSocket.connect(pair.gateway.port);
    download.write('GET /v1/files/file_1/content HTTP/1.1\r\nhost: x\r\nx-api-key: k\r\n\r\n');
    expect(await download.readUntil('fff')).toMatch(new RegExp(`content-length: ${FILE_BYTES}`, 'i'));
    expect(pair.anthropic.requests[0]!.bytesWritten).toBeLessThan(FILE_BYTES / 2);
    download.destroy();
    expect(await pair.anthropic.requests[0]!.finished).toBe('closed_by_client');
  });
});

/** Sends the whole body before it reads, like a client that is busy writing. */
async function statusOfLongUpload(port: number): Promise<string> {
  const upload = await RawSocket.connect(port);
  upload.write(headOfPost('/v1/files', `content-length: ${FILE_BYTES}`));
  const answered = upload.readUntil('"request_id"');
  const isRoomy = upload.write(Buffer.alloc(MB)).socket.writableLength === 0;
  if (!isRoomy) await Promise.race([once(upload.socket, 'drain'), answered]);
  const answer = await answered;
  upload.destroy();
  return answer;
}
