import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MESSAGE, postJson } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const CREDENTIAL = ['x-api-key', 'sk-ant-api03-caller'];
const ask = (method: string, path: string, headers: readonly string[] = CREDENTIAL) =>
  rawRequest(pair.gateway.port, { method, path, headers });

describe('a message can be requested', () => {
  it.each([
    ['/v1/messages', '/v1/messages'],
    ['/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/user/alice/v1/messages', '/v1/messages'],
    ['/user/alice/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/v1/v1/messages', '/v1/messages'],
    ['/V1/v1/messages', '/v1/messages'],
    ['/user/alice/v1/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/v1/messages/count_tokens', '/v1/messages/count_tokens'],
    ['/user/alice/v1/messages/count_tokens?beta=true', '/v1/messages/count_tokens?beta=true'],
    ['/user/alice/v1/v1/messages/count_tokens', '/v1/messages/count_tokens'],
    ['/v1/%6dessages', '/v1/messages'],
    ['/%75ser/alice/v1/messages', '/v1/messages'],
    ['/v1/messages#/../batches', '/v1/messages'],
    ['http://elsewhere.example/user/alice/v1/messages?beta=true', '/v1/messages?beta=true'],
  ])('at %s, which Anthropic gets as %s', async (path, pathUpstream) => {
    const { status, body } = await rawRequest(pair.gateway.port, {
      method: 'POST',
      path,
      headers: [...CREDENTIAL, 'content-type', 'application/json', 'anthropic-version', '2023-06-01'],
      body: JSON.stringify(MESSAGE),
    });
    expect([status, body.toString()]).toEqual([200, expect.stringMatching(/"type":"message"|"input_tokens"/)]);
    expect((await pair.anthropic.requestAt(0)).path).toBe(pathUpstream);
  });
});

describe('the connection check of Claude Code', () => {
  it.each(['/api/hello', '/user/alice/api/hello'])(
    'gets a 200 for HEAD and GET of %s without a credential',
    async (path) => {
      const answers = [await ask('HEAD', path, []), await ask('GET', path, [])];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]!.body.length).toBe(0);
    },
  );
});

describe('a refusal has Anthropic’s format', () => {
  it.each([
    ['an unknown path', 'GET', '/nowhere', 404, 'not_found_error'],
    ['an unknown path under a user', 'POST', '/user/alice/v2/messages', 404, 'not_found_error'],
    ['a legacy path', 'POST', '/v1/complete', 404, 'not_found_error'],
    ['a request to the root path', 'POST', '/', 405, 'invalid_request_error'],
    ['a wrong method', 'GET', '/v1/messages', 405, 'invalid_request_error'],
    ['a wrong method under a user', 'DELETE', '/user/alice/v1/messages?beta=true', 405, 'invalid_request_error'],
    ['a wrong method for a relayed path', 'PATCH', '/v1/models', 405, 'invalid_request_error'],
    ['an unknown method', 'PURGE', '/v1/messages', 405, 'invalid_request_error'],
    ['a wrong method for the health page', 'POST', '/health', 405, 'invalid_request_error'],
    ['the Admin API', 'GET', '/v1/organizations/users', 403, 'permission_error'],
    ['the Admin API under a user', 'POST', '/user/alice/v1/organizations/api_keys?x=1', 403, 'permission_error'],
    ['the Admin API with a doubled prefix', 'GET', '/v1/v1/organizations/users', 403, 'permission_error'],
    ['the Admin API in disguise', 'GET', '/v1/%6frganizations/users', 403, 'permission_error'],
    ['a path that is not UTF-8', 'POST', '/user/%ff/v1/messages', 400, 'invalid_request_error'],
    ['a path with half an escape', 'GET', '/user/%zz/v1/messages', 400, 'invalid_request_error'],
  ])('%s: %s %s is %i %s', async (_name, method, path, status, type) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'error',
      error: { type, message: expect.stringMatching(/\w/) },
      request_id: answer.headers['request-id'],
    });
    expect(answer.headers['request-id']).toMatch(/^exc_\w{20,}$/);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('names the allowed methods', async () => {
    expect((await ask('GET', '/v1/messages')).headers.allow).toBe('POST');
    expect((await ask('POST', '/user/alice/api/hello')).headers.allow).toBe('GET, HEAD');
    expect((await ask('PUT', '/v1/files/file_1')).headers.allow).toBe('GET, HEAD, POST, DELETE');
  });

  it('has no body for HEAD', async () => {
    const { status, body, headers } = await ask('HEAD', '/v1/messages');
    expect([status, body.length, headers.allow]).toEqual([405, 0, 'POST']);
  });

  it('is sent for headers beyond 64 KiB', async () => {
    const { status, body } = await ask('GET', '/v1/models', ['x-long', 'x'.repeat(70_000)]);
    expect(status).toBe(431);
    expect(JSON.parse(body.toString())).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
      request_id: expect.stringMatching(/^exc_/),
    });
  });

  it('has a unique request-id', async () => {
    const ids = [await ask('GET', '/nowhere'), await ask('GET', '/nowhere')].map(
      ({ headers }) => headers['request-id'],
    );
    expect(ids[0]).not.toBe(ids[1]);
  });
});

it('answers messages of many users at once, each with its own exchange', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => postJson(`${pair.gateway.url}/user/u${index}/v1/messages`, MESSAGE)),
  );
  expect(new Set(answers.map(({ headers }) => headers.get('x-claude-proxy-exchange'))).size).toBe(20);
  for (const answer of answers) await answer.text();
});
