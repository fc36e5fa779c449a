import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

const MIB = 1024 * 1024;
const LIMIT_BYTES = 32 * MIB;

let pair: Pair;

beforeAll(async () => {
  pair = await startPair({}, { isStrict: false });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const HEADERS = Object.entries(CLIENT_HEADERS).flat();
const post = (body: string | Buffer, path = '/v1/messages', headers: readonly string[] = HEADERS) =>
  rawRequest(pair.gateway.port, { method: 'POST', path, headers, body });
const messageOf = (body: Buffer): string => JSON.parse(body.toString()).error.message;

describe('a body that is not a JSON object is refused with 400', () => {
  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['half an object', '{"model":"claude-opus-5-5","messages":[{"role":'],
    ['a trailing comma', '{"model":"m","messages":[],"max_tokens":1,}'],
    ['a second value', '{"model":"m","messages":[],"max_tokens":1}{}'],
    ['single quotes', "{'model':'m'}"],
    ['a bare line break in a text', '{"model":"a\nb","messages":[],"max_tokens":1}'],
    ['a form', 'model=claude'],
    ['hostile nesting', `{"model":"m","max_tokens":1,"messages":${'['.repeat(100_000)}`],
  ])('%s', async (_name, body) => {
    const answer = await post(body);
    expect([answer.status, messageOf(answer.body)]).toEqual([400, expect.stringContaining('not a JSON object')]);
    expect(answer.headers['request-id']).toBe(answer.headers['x-claude-proxy-exchange']);
    expect(pair.anthropic.requests).toHaveLength(0);
  });
});

describe('the refusal names the required field', () => {
  it.each<[name: string, change: Record<string, unknown>, named: readonly string[]]>([
    ['no model', { model: undefined }, ['model']],
    ['an empty model', { model: '' }, ['model']],
    ['a model that is not text', { model: 5 }, ['model']],
    ['a model of 100 kB', { model: 'm'.repeat(100_000) }, ['model']],
    ['no messages', { messages: undefined }, ['messages']],
    ['messages that are not a list', { messages: { role: 'user' } }, ['messages']],
    ['messages as text', { messages: '[]' }, ['messages']],
    ['no max_tokens', { max_tokens: undefined }, ['max_tokens is required and must be a whole number']],
    ['max_tokens as text', { max_tokens: '5' }, ['max_tokens is required and must be a whole number']],
    ['a fraction of a token', { max_tokens: 1.5 }, ['max_tokens']],
    ['less than no tokens', { max_tokens: -1 }, ['max_tokens']],
    ['stream as text', { stream: 'true' }, ['stream']],
    [
      'all fields',
      { model: null, messages: null, max_tokens: null, stream: 1 },
      ['model', 'messages', 'max_tokens', 'stream'],
    ],
  ])('%s', async (_name, change, named) => {
    const { status, body } = await post(JSON.stringify({ ...MESSAGE, ...change }));
    expect(status).toBe(400);
    for (const member of named) expect(messageOf(body)).toContain(`${member} `);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('but never its value', async () => {
    const { body } = await post(JSON.stringify({ ...MESSAGE, model: ['top-secret'], messages: 'top-secret' }));
    expect(body.toString()).not.toContain('top-secret');
  });

  it('max_tokens is required for messages, not for counting tokens', async () => {
    const { max_tokens: _none, ...counted } = MESSAGE;
    expect((await post(JSON.stringify(counted), '/v1/messages/count_tokens')).status).toBe(200);
    expect((await post(JSON.stringify({ ...counted, model: 1 }), '/v1/messages/count_tokens')).status).toBe(400);
  });
});

describe('other content', () => {
  it.each([
    ['unknown members', '{"model":"claude-opus-5-5","max_tokens":1,"messages":[],"future":{"a":[1,{"b":null}]}}'],
    ['null as stream', '{"model":"claude-opus-5-5","max_tokens":1,"messages":[],"stream":null}'],
    ['wrong members of messages', '{"model":"claude-opus-5-5","max_tokens":1,"messages":[1,"x",null]}'],
    ['__proto__', '{"__proto__":{"model":"x"},"model":"claude-opus-5-5","max_tokens":1,"messages":[]}'],
    ['no tokens at all', '{"model":"claude-opus-5-5","max_tokens":0,"messages":[]}'],
  ])('reaches Anthropic unchanged: %s', async (_name, body) => {
    expect((await post(body)).status).toBe(200);
    expect((await pair.anthropic.requestAt(0)).body.toString()).toBe(body);
  });

  it.each<[name: string, contentType: readonly string[]]>([
    ['none', []],
    ['an unusual one', ['content-type', 'text/plain;charset=x']],
    ['an invalid one', ['content-type', '/']],
  ])('is a content type: %s', async (_name, contentType) => {
    const headers = ['x-api-key', 'sk-ant-api03-caller', ...contentType];
    const answer = await post(JSON.stringify(MESSAGE), '/v1/messages', headers);
    expect([answer.status, answer.body.toString()]).toEqual([200, expect.stringContaining('"message"')]);
    const { headers: arrived } = await pair.anthropic.requestAt(0);
    expect(arrived['content-type']).toBe(contentType[1]);
  });
});

describe('a body of 32 MiB', () => {
  const bodyOf = (bytes: number) => {
    const frame = JSON.stringify({ ...MESSAGE, system: '' });
    return Buffer.from(frame.replace('"system":""', `"system":"${'x'.repeat(bytes - frame.length)}"`));
  };

  it('is answered', async () => {
    const body = bodyOf(LIMIT_BYTES);
    expect(body.length).toBe(LIMIT_BYTES);
    expect((await post(body)).status).toBe(200);
    expect((await pair.anthropic.requestAt(0)).body.equals(body)).toBe(true);
  });

  it('and one byte is refused with 413', async () => {
    const { status, body, headers } = await post(bodyOf(LIMIT_BYTES + 1));
    expect([status, JSON.parse(body.toString()).error.type]).toEqual([413, 'request_too_large']);
    expect(headers['request-id']).toMatch(/^exc_/);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('and more is refused before the first byte, if the length is announced', async () => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/messages', `content-length: ${LIMIT_BYTES + 1}`));
    expect(await client.readUntil('"request_id"')).toMatch(/^HTTP\/1\.1 413 .*request_too_large/s);
    await client.closed();
  });

  it('and more is refused in the middle, if it is sent in chunks', async () => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/messages', 'transfer-encoding: chunked'));
    const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), Buffer.alloc(MIB, 'x'), Buffer.from('\r\n')]);
    const answered = client.readUntil('"request_id"');
    let isAnswered = false;
    void answered.then(() => {
      isAnswered = true;
    });
    let sentBytes = 0;
    while (!isAnswered && !client.socket.destroyed && sentBytes < 200 * MIB) {
      await new Promise<void>((resolve) => client.socket.write(chunk, () => resolve()));
      sentBytes += MIB;
    }
    expect(await answered).toMatch(/^HTTP\/1\.1 413 .*request_too_large/s);
    expect(sentBytes).toBeLessThan(64 * MIB);
    await client.closed();
  });
});

it('a client that leaves in the middle of its body causes no upstream request, and the next one is answered', async () => {
  const client = await RawSocket.connect(pair.gateway.port);
  client.write(headOfPost('/v1/messages', 'content-length: 100')).write('{"model":');
  client.destroy();
  expect((await post(JSON.stringify(MESSAGE))).status).toBe(200);
  expect(pair.anthropic.requests).toHaveLength(1);
});
