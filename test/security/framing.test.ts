import { METHODS } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

const BODY = JSON.stringify(MESSAGE);
const KEY = 'x-api-key: sk-ant-api03-caller\r\nanthropic-version: 2023-06-01';
/** The request that an attacker tries to smuggle to Anthropic. */
const SMUGGLED = `POST /v1/messages HTTP/1.1\r\nhost: x\r\n${KEY}\r\nx-smuggled: 1\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

/** Sends exactly these lines. Resolves at the first answer, or at the end of the connection. */
const send = async (head: readonly string[], body = '', lineEnd = '\r\n') => {
  const client = await RawSocket.connect(pair.gateway.port);
  client.write(Buffer.from(`${head.join(lineEnd)}${lineEnd}${lineEnd}${body}`, 'latin1'));
  const answer = await client.readUntil('request_id');
  client.destroy();
  return answer;
};
const post = (framing: readonly string[], body: string, target = '/v1/messages') =>
  send([`POST ${target} HTTP/1.1`, 'host: x', KEY, 'content-type: application/json', ...framing], body);
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const length = `content-length: ${BODY.length}`;

describe('an ambiguous request is refused, and nothing of it reaches Anthropic', () => {
  it.each<[name: string, framing: readonly string[], body: string]>([
    ['CL.TE', ['content-length: 5', 'transfer-encoding: chunked'], `0\r\n\r\n${SMUGGLED}`],
    ['TE.CL', ['transfer-encoding: chunked', 'content-length: 4'], `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`],
    ['TE.TE', ['transfer-encoding: chunked', 'transfer-encoding: x'], chunked(BODY) + SMUGGLED],
    ['an odd transfer-encoding', ['transfer-encoding: xchunked'], chunked(BODY) + SMUGGLED],
    ['a coding before chunked', ['transfer-encoding: gzip, chunked'], chunked(BODY) + SMUGGLED],
    ['chunked twice', ['transfer-encoding: chunked, chunked'], chunked(BODY) + SMUGGLED],
    ['chunked with a parameter', ['transfer-encoding: chunked;x=1'], chunked(BODY) + SMUGGLED],
    ['chunked not last', ['transfer-encoding: chunked, identity'], chunked(BODY) + SMUGGLED],
    ['a space before the colon', ['transfer-encoding : chunked', length], BODY + SMUGGLED],
    ['two lengths', ['content-length: 0', length], BODY + SMUGGLED],
    ['two equal lengths', [length, length], BODY + SMUGGLED],
    ['a list of lengths', [`${length}, ${BODY.length}`], BODY + SMUGGLED],
    ['a signed length', [`content-length: +${BODY.length}`], BODY + SMUGGLED],
    ['a negative length', ['content-length: -1'], BODY + SMUGGLED],
    ['a hexadecimal length', ['content-length: 0x10'], BODY + SMUGGLED],
    ['a length with a fraction', ['content-length: 1.0'], BODY + SMUGGLED],
    ['an empty length', ['content-length:'], BODY + SMUGGLED],
    ['a length of many digits', [`content-length: ${'9'.repeat(40)}`], BODY + SMUGGLED],
    ['obs-fold', ['x-one: 1', ' transfer-encoding: chunked', length], BODY + SMUGGLED],
    ['obs-fold of a framing header', ['transfer-encoding:', ' chunked'], chunked(BODY) + SMUGGLED],
    ['a bare LF between headers', [`x-one: 1\nx-two: 2`, length], BODY + SMUGGLED],
    ['a bare CR in a header', [`x-one: 1\rx-two: 2`, length], BODY + SMUGGLED],
    ['a zero byte in a header', ['x-one: 1\0', length], BODY + SMUGGLED],
    ['a header without a name', [': nothing', length], BODY + SMUGGLED],
    ['a header name with a space', ['x one: 1', length], BODY + SMUGGLED],
    ['a chunk size that is not a number', ['transfer-encoding: chunked'], `zz\r\n${BODY}\r\n0\r\n\r\n${SMUGGLED}`],
    ['a chunk size that overflows', ['transfer-encoding: chunked'], `fffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`],
    ['a chunk that is longer than its size', ['transfer-encoding: chunked'], `5\r\n${BODY}\r\n0\r\n\r\n${SMUGGLED}`],
    [
      'a bare LF after a chunk size',
      ['transfer-encoding: chunked'],
      `${BODY.length.toString(16)}\n${BODY}\r\n0\r\n\r\n`,
    ],
  ])('%s', async (_name, framing, body) => {
    expect(await post(framing, body)).toMatch(/^HTTP\/1\.1 (?:4\d\d|501) .*"type":"error"/s);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each<[name: string, lines: readonly string[]]>([
    ['a target with a space', ['POST /v1/messages x HTTP/1.1', 'host: x', KEY, length]],
    ['no host', ['POST /v1/messages HTTP/1.1', KEY, length]],
    ['two equal hosts', ['POST /v1/messages HTTP/1.1', 'host: x', 'Host: x', KEY, length]],
    ['two hosts', ['POST /v1/messages HTTP/1.1', 'host: x', 'host: y', KEY, length]],
    ['headers beyond 64 KiB', ['POST /v1/messages HTTP/1.1', 'host: x', KEY, `x-huge: ${'x'.repeat(70_000)}`, length]],
  ])('%s', async (_name, lines) => {
    expect(await send(lines, BODY)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    ['a coding before chunked', 'HTTP/1.1', 'transfer-encoding: gzip, chunked', 501],
    ['chunks of HTTP/1.0', 'HTTP/1.0', 'transfer-encoding: chunked', 400],
    ['chunks of HTTP/1.0 that asks to stay', 'HTTP/1.0', 'connection: keep-alive\r\ntransfer-encoding: chunked', 400],
  ])('%s, and the connection is closed', async (_name, version, framing, status) => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(`POST /v1/messages ${version}\r\nhost: x\r\n${KEY}\r\n${framing}\r\n\r\n${chunked(BODY)}${SMUGGLED}`);
    const answer = await client.readUntil('nothing has this text');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*connection: close.*"type":"error"`, 'is'));
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    await client.closed();
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('bare LFs throughout', async () => {
    await send(['POST /v1/messages HTTP/1.1', 'host: x', KEY, length], BODY, '\n');
    expect(pair.anthropic.requests).toHaveLength(0);
  });
});

describe('an odd target reaches no other endpoint', () => {
  it.each([
    '/v1/messages/../files',
    '/v1/files/../messages/batches',
    '/v1/files/%2e%2e/messages',
    '/v1/files/%2E%2e%2Fmessages',
    '/v1/files//x',
    ...['..;', '..;/messages', '.;/x', '..;x=1/messages', 'a;x=1', ';/x'].map((tail) => `/v1/files/${tail}`),
    ...['%2E.', '.%2e', '%252e%252e', '%2e%2e%3b', 'a%5c..', 'a%2fb', 'a%00', 'a%3b', '%c0%ae%c0%ae'].flatMap((id) => [
      `/v1/files/${id}/content`,
      `/v1/messages/batches/${id}`,
      `/v1/skills/${id}/versions`,
    ]),
    '/v1/files/a\\..\\b',
    '/v1/files/\xff',
    '/v1/files/%2',
    '/v1/files/%zz',
    `/v1/files/${'x'.repeat(20_000)}`,
    '//v1/messages',
    '/v1//messages',
    '/v1/messages;x=1',
    '/v1/messages%00',
    '/v1/messages%0d%0ax-injected:%201',
    '/user/alice%0d%0ax-injected:%201/v1/messages',
    '/user/alice%2f..%2fbob/v1/messages',
    '/user/../v1/messages',
    '/user/%2e%2e/v1/messages',
    '\\v1\\messages',
    '*',
    'v1/messages',
    'http://',
    '/v1/organizations/me',
  ])('%s', async (target) => {
    expect(await post([length], BODY, target)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    ['an absolute form', 'http://evil.example/v1/messages', []],
    ['x-original-url', '/v1/messages', ['x-original-url: /debug/env', 'x-rewrite-url: /debug/env']],
    ['a method override', '/v1/messages', ['x-http-method-override: DELETE', 'x-method-override: GET']],
    ['a forwarded path', '/v1/messages', ['x-forwarded-prefix: /admin', 'x-forwarded-path: /v1/files']],
  ])('%s changes neither path, method nor host upstream', async (_name, target, headers) => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(`POST ${target} HTTP/1.1\r\nhost: x\r\n${KEY}\r\n${headers.map((line) => `${line}\r\n`).join('')}`);
    client.write(`${length}\r\n\r\n${BODY}`);
    expect(await client.readUntil('"message"')).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
    expect(pair.anthropic.requests.map(({ method, path }) => [method, path])).toEqual([['POST', '/v1/messages']]);
    expect(pair.anthropic.requests[0]!.headers.host).toBe(new URL(pair.anthropic.url).host);
  });

  it('CONNECT is refused with 405, and its connection is closed', async () => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write('CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n');
    expect(await client.readUntil('request_id')).toMatch(/^HTTP\/1\.1 405 .*"type":"error"/s);
    await client.closed();
  });

  const UNSERVED = METHODS.filter((method) => !['CONNECT', 'GET', 'HEAD', 'POST', 'DELETE'].includes(method));
  const PATHS = ['/v1/messages', '/user/alice/v1/messages', '/v1/files', '/v1/models', '/v1/chat/completions'].concat([
    '/v1/responses',
    '/v1/embeddings',
    '/health',
    '/metrics',
    '/ui/',
    '/',
    '/api/limits',
    '/api/session',
    '/nope',
  ]);
  /** Clients of OpenAI's API send no other methods. Those of WebDAV and the like get Anthropic's form everywhere. */
  const COMMON = ['PUT', 'PATCH', 'OPTIONS'];
  it.each(UNSERVED)('%s is refused with 4xx in the format of each API, on every path', async (method) => {
    for (const path of PATHS) {
      const answer = await rawRequest(pair.gateway.port, {
        method,
        path,
        headers: ['x-api-key', 'sk-ant-api03-caller'],
      });
      expect([404, 405]).toContain(answer.status);
      const isOpenAi = COMMON.includes(method) && /chat|responses|embeddings/.test(path);
      const ofAnthropic = { type: 'error', request_id: answer.headers['request-id'] };
      const expected = { error: expect.objectContaining({ message: expect.any(String) }) };
      expect(JSON.parse(answer.body.toString())).toEqual(isOpenAi ? expected : { ...expected, ...ofAnthropic });
    }
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each(['PUT /v1/messages', 'PROPFIND /v1/files'])('%s is refused', async (start) => {
    expect(await send([`${start} HTTP/1.1`, 'host: x', KEY])).not.toMatch(/^HTTP\/1\.1 [23]/);
    expect(pair.anthropic.requests).toHaveLength(0);
  });
});

it('a second request on one connection is handled separately', async () => {
  const client = await RawSocket.connect(pair.gateway.port);
  const one = (mark: string) =>
    `POST /v1/messages HTTP/1.1\r\nhost: x\r\n${KEY}\r\nx-client-request-id: ${mark}\r\n${length}\r\n\r\n${BODY}`;
  client.write(one('first') + one('second').replace('sk-ant-api03-caller', 'sk-ant-api03-other'));
  await pair.anthropic.requestAt(1);
  client.destroy();
  expect(
    pair.anthropic.requests.map(({ headers, credential }) => [headers['x-client-request-id'], credential]),
  ).toEqual([
    ['first', 'sk-ant-api03-caller'],
    ['second', 'sk-ant-api03-other'],
  ]);
});
