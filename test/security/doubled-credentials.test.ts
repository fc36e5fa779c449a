import type { RequestLine } from '@claude-proxy/admin-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

const ADMIN_TOKEN = 'hush-hush-admin';
const MINE = 'sk-ant-api03-mine';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ ADMIN_TOKEN, ANTHROPIC_API_KEY: 'sk-ant-api03-operator' });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

async function send(start: string, lines: readonly string[], body = ''): Promise<string> {
  const client = await RawSocket.connect(pair.gateway.port);
  const framing = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const head = [`${start} HTTP/1.1`, 'host: x', 'connection: close', 'content-type: application/json', ...framing];
  client.write(`${[...head, ...lines].join('\r\n')}\r\n\r\n${body}`);
  const answer = await client.readUntil('no such text');
  client.destroy();
  return answer;
}

const DOUBLED: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ['two keys', [`x-api-key: ${MINE}`, `x-api-key: ${MINE}-2`]],
  ['a key and the admin token', [`x-api-key: ${MINE}`, `X-Api-Key: ${ADMIN_TOKEN}`]],
  ['the admin token and a key', [`x-api-key: ${ADMIN_TOKEN}`, `x-api-key: ${MINE}`]],
  ['one key twice', [`x-api-key: ${MINE}`, `x-api-key: ${MINE}`]],
  ['a key and an empty one', [`x-api-key: ${MINE}`, 'x-api-key:']],
  ['two keys that were joined on the way', [`x-api-key: ${MINE}, ${ADMIN_TOKEN}`]],
  ['two bearers', ['authorization: Bearer a', 'Authorization: Bearer b']],
  ['a bearer and basic authentication', ['authorization: Bearer a', 'authorization: Basic dXNlcjpwdw==']],
  ['two bearers that were joined on the way', [`authorization: Bearer ${MINE}, Bearer b`]],
  ['a bearer joined to basic authentication', [`authorization: Basic dXNlcjpwdw==, Bearer ${MINE}`]],
  ['two tokens of one bearer', [`authorization: Bearer ${MINE},${ADMIN_TOKEN}`]],
  ['two bearers beside a key', [`x-api-key: ${MINE}`, 'authorization: Bearer a', 'authorization: Bearer b']],
];
const CHAT = { model: 'opus', messages: MESSAGE.messages };
const ENDPOINTS: readonly (readonly [start: string, body: string])[] = [
  ['POST /v1/messages', JSON.stringify(MESSAGE)],
  ['POST /user/alice/v1/messages', JSON.stringify({ ...MESSAGE, stream: true })],
  ['POST /v1/messages/count_tokens', JSON.stringify(MESSAGE)],
  ['GET /v1/files', ''],
];

describe('a repeated credential header is refused, and nothing of the request reaches Anthropic', () => {
  it.each(DOUBLED)('%s', async (_name, lines) => {
    for (const [start, body] of ENDPOINTS) {
      const answer = await send(start, lines, body);
      expect([start, answer.slice(0, 12)]).toEqual([start, 'HTTP/1.1 400']);
      expect(answer).toContain('"type":"invalid_request_error"');
      expect(answer).not.toContain(MINE);
      expect(answer).not.toContain(ADMIN_TOKEN);
    }
    expect(await send('GET /v1/models', ['anthropic-version: 2023-06-01', ...lines])).toMatch(/^HTTP\/1\.1 400 /);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each(DOUBLED)("%s, in OpenAI's format", async (_name, lines) => {
    const answer = await send('POST /v1/chat/completions', lines, JSON.stringify(CHAT));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(answer).not.toContain('"type":"error"');
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    ['POST', '/v1/messages', JSON.stringify(MESSAGE)],
    ['POST', '/v1/chat/completions', JSON.stringify(CHAT)],
    ['GET', '/v1/files', ''],
    ['GET', '/v1/models', ''],
  ])('and it is recorded as refused: %s %s', async (method, path, body) => {
    const user = `doubled-${path.split('/')[2]}`;
    const answer = await send(`${method} /user/${user}${path}`, DOUBLED[0]![1], body);
    const page = await fetch(`${pair.gateway.url}/api/requests?user=${user}`, {
      headers: { 'x-admin-token': ADMIN_TOKEN },
    });
    const { requests } = (await page.json()) as { requests: RequestLine[] };
    const id = /x-claude-proxy-exchange: (exc_\w+)/i.exec(answer)?.[1];
    expect(requests).toMatchObject([{ id, outcome: 'refused', status: 400 }]);
    expect(JSON.stringify(requests)).not.toContain(MINE);
  });

  it('at an admin endpoint too', async () => {
    const lines = [`authorization: Bearer ${ADMIN_TOKEN}`, 'authorization: Bearer other'];
    expect(await send('GET /api/limits', lines)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a key and a bearer together are allowed', async () => {
    const lines = [`x-api-key: ${MINE}`, 'authorization: Bearer a', 'anthropic-version: 2023-06-01'];
    expect(await send('POST /v1/messages', lines, JSON.stringify(MESSAGE))).toMatch(/^HTTP\/1\.1 200 /);
  });
});
