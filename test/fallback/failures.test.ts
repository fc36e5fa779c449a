import { randomUUID } from 'node:crypto';
import {
  accessDenied,
  type Behaviour,
  errorAfter,
  errorInside200,
  exceptionMidStream,
  html,
  internal,
  overloaded,
  type RefusalOptions,
  rateLimited,
  raw,
  redirect,
  refuse,
  resetBeforeHeaders,
  throttled,
  unavailable,
  validation,
} from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const OWN_CAP = 'You have reached your specified API usage limits.';
const newUser = () => `user-${randomUUID()}`;

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe('Bedrock answers, and no limit is remembered, if Anthropic', () => {
  it.each<[string, string, boolean, Behaviour]>([
    ['says 529', 'overloaded', false, overloaded()],
    ['says 503', 'overloaded', false, refuse(503)],
    ['returns 502 in HTML', 'unreachable', false, html(502)],
    ['says 504', 'unreachable', true, refuse(504)],
    ['returns 503 in HTML', 'unreachable', false, html(503)],
    ['returns 500 in HTML', 'unreachable', false, html(500)],
    ['returns 403 in HTML', 'unreachable', true, html(403)],
    ['returns 522 in HTML', 'unreachable', false, html(522)],
    ['returns 530 in plain text', 'unreachable', false, raw({ status: 530, body: 'error code: 1033' })],
    ['is behind a proxy that returns 407', 'unreachable', false, refuse(407)],
    ['is reached at a server of another name (421)', 'unreachable', false, refuse(421)],
    ['answers a redirect', 'unreachable', false, redirect('http://127.0.0.1:1/')],
    ['begins a 200 with overloaded_error', 'overloaded', true, errorInside200('overloaded_error')],
    ['begins a 200 with rate_limit_error', 'rate_limited', true, errorInside200('rate_limit_error')],
  ])('%s (%s)', async (_name, failure, isStream, behaviour) => {
    const user = newUser();
    stage.anthropic.script(behaviour);
    const answered = await postMessage(stage.gateway, { user, isStream });
    expect(answered).toMatchObject({ status: 200, upstream: 'bedrock', fallback: failure });
    expect(answered.text).not.toContain('event: error');
    expect(await stage.gateway.app.get(LimitStore).itemOf(user)).toBeUndefined();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
  });

  it('resets the connection, and a new one too', async () => {
    stage.anthropic.script(resetBeforeHeaders(), resetBeforeHeaders());
    const answered = await postMessage(stage.gateway, { user: newUser(), isStream: true });
    expect(answered).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'unreachable' });
  });

  it('refuses the connection', async () => {
    const lonely = await startGateway({
      ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: stage.bedrock.url,
      ANTHROPIC_API_KEY: 'sk-ant-operator',
    });
    expect(await postMessage(lonely, { apiKey: null })).toMatchObject({
      status: 200,
      upstream: 'bedrock',
      fallback: 'unreachable',
    });
    await lonely.close();
  });
});

describe('an account without credit is served by Bedrock, and remembered for its credential', () => {
  it.each<[string, number, RefusalOptions, number]>([
    ['no credit', 400, { message: 'Your credit balance is too low to access the Anthropic API.' }, 900],
    ['a cap of its own', 400, { message: `${OWN_CAP} You will regain access on 2099-12-01 at 00:00 UTC.` }, 2_678_400],
    ['a billing issue', 402, { message: 'There is an issue with your billing.' }, 900],
    ['a budget at another gateway', 429, { errorType: 'billing_error', message: 'monthly budget used up' }, 900],
  ])('%s (%i)', async (_name, status, refusal, seconds) => {
    const user = newUser();
    stage.anthropic.script(refuse(status, refusal));
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ status: 200, upstream: 'bedrock' });
    const model = 'claude-haiku-5-5';
    expect(await postMessage(stage.gateway, { user, model })).toMatchObject({ fallback: 'limit_remembered' });
    expect(await postMessage(stage.gateway, { user, apiKey: 'sk-ant-other' })).toMatchObject({ upstream: 'anthropic' });
    const limits = stage.gateway.app.get(LimitStore);
    await limits.settled();
    expect(await limits.itemOf(user)).toMatchObject({ retry_after_seconds: seconds });
  });
});

describe('a limit of one speed', () => {
  it('still sends requests of standard speed to Anthropic', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user, body: { speed: 'fast' } });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    const again = await postMessage(stage.gateway, { user, body: { speed: 'fast' } });
    expect(again.fallback).toBe('limit_remembered');
  });
});

describe('a refusal of the request is relayed, without a request to Bedrock', () => {
  it.each([400, 401, 403, 404, 413, 422, 500])('%i', async (status) => {
    stage.anthropic.script(refuse(status, { message: 'in its own words', errorCode: 'some_code' }));
    const answered = await postMessage(stage.gateway);
    expect(answered).toMatchObject({ status, upstream: 'anthropic', fallback: null });
    expect(answered.text).toContain('in its own words');
    expect(answered.text).toContain('some_code');
    expect(stage.bedrock.requests).toHaveLength(0);
  });

  it.each([401, 413])('%i, also as a web page', async (status) => {
    stage.anthropic.script(html(status));
    expect(await postMessage(stage.gateway)).toMatchObject({ status, upstream: 'anthropic' });
    expect(stage.bedrock.requests).toHaveLength(0);
  });

  it('a 200 that begins with an error of the request', async () => {
    stage.anthropic.script(errorInside200('invalid_request_error'));
    const answered = await postMessage(stage.gateway, { isStream: true });
    expect(answered).toMatchObject({ status: 200, upstream: 'anthropic' });
    expect(answered.text).toContain('invalid_request_error');
  });
});

it('an error after the start of the message is relayed, never followed by a second answer', async () => {
  stage.anthropic.script(errorAfter(4, 'overloaded_error'));
  const answered = await postMessage(stage.gateway, { isStream: true });
  expect(answered).toMatchObject({ status: 200, upstream: 'anthropic' });
  expect(answered.text.match(/event: message_start/g)).toHaveLength(1);
  expect(answered.text).toContain('overloaded_error');
  expect(stage.bedrock.requests).toHaveLength(0);
});

describe('an error event is on record as a failure', () => {
  const { ended, ask } = adminApi(() => stage.gateway);
  const limited = rateLimited({ retryAfterSeconds: 60 });
  const inBedrock = exceptionMidStream('ThrottlingException', 'Too many tokens');

  it.each<[string, Behaviour, Behaviour, string, string]>([
    ['in the middle of a message', errorAfter(4, 'overloaded_error'), internal(), 'broken', 'anthropic'],
    ['compressed', errorAfter(4, 'overloaded_error', { encoding: 'gzip' }), internal(), 'broken', 'anthropic'],
    ['before a message has begun', errorInside200('overloaded_error'), internal(), 'refused', 'anthropic'],
    ['of the request', errorInside200('invalid_request_error'), internal(), 'refused', 'anthropic'],
    ['of Bedrock', limited, inBedrock, 'broken', 'bedrock'],
  ])('%s', async (_name, ofAnthropic, ofBedrock, outcome, upstream) => {
    const user = newUser();
    stage.anthropic.script(ofAnthropic);
    stage.bedrock.setDefault(ofBedrock);
    expect((await postMessage(stage.gateway, { user, isStream: true })).status).toBe(200);
    await ended();
    const [line] = (await ask(`/api/requests?user=${user}`)).json.requests;
    expect(line).toMatchObject({ outcome, status: 200, upstream });
    const { error } = (await ask(`/api/requests/${line.id}`)).json;
    expect(error).toMatch(/^error event: \w+_error$/);
  });
});

describe('when Bedrock fails too', () => {
  const body = '{ "type":"error", "error":{"type":"rate_limit_error","message":"as it came"} , "n":1.0 }';
  const refusal = raw({
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after': '77', 'request-id': 'req_77', 'anthropic-x': 'y' },
    body,
  });

  it.each<[string, Behaviour, string]>([
    ['broken', internal(), 'bedrock'],
    ['without rights', accessDenied(), 'bedrock'],
    ['refusing the request', validation('messages: nope'), 'rejected'],
  ])('the caller gets Anthropic’s answer unchanged (%s)', async (_name, behaviour, reason) => {
    stage.anthropic.script(refusal);
    stage.bedrock.setDefault(behaviour);
    const answered = await postMessage(stage.gateway, { user: newUser() });
    expect(answered.status).toBe(429);
    expect(answered.text).toBe(body);
    expect(Object.fromEntries(answered.headers)).toMatchObject({
      'retry-after': '77',
      'request-id': 'req_77',
      'anthropic-x': 'y',
      'x-claude-proxy-upstream': 'anthropic',
      'x-claude-proxy-fallback': expect.stringContaining(reason),
    });
  });

  it('because of an invalid request, the client gets that refusal', async () => {
    const message = 'messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1.';
    stage.anthropic.script(refusal);
    stage.bedrock.setDefault(validation(message));
    const { status, text } = await postMessage(stage.gateway, { user: newUser() });
    expect(status).toBe(400);
    expect(JSON.parse(text).error).toEqual({ type: 'invalid_request_error', message });
  });

  it.each([
    ['throttled', throttled(), '60'],
    ['unavailable', unavailable(), '3600'],
  ])('temporarily (%s), the client gets a short retry-after, for any window of Anthropic', async (_n, of, window) => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: Number(window) }));
    stage.bedrock.setDefault(of);
    const { status, headers, text } = await postMessage(stage.gateway, { user, isStream: true });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeLessThan(60);
    expect(headers.get('x-should-retry')).toBeNull();
    expect(JSON.parse(text).error.message).toMatch(/anthropic: .*bedrock: /);
    stage.bedrock.reset();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ status: 200, upstream: 'bedrock' });
  });

  it('for the day, the client gets Anthropic’s answer', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    stage.bedrock.setDefault(
      exceptionMidStream('ThrottlingException', 'Too many tokens per day, please wait before trying again.'),
    );
    expect((await postMessage(stage.gateway, { user: newUser() })).headers.get('retry-after')).toBe('600');
  });

  it('the client gets a 502 with both causes if Anthropic gave no answer', async () => {
    stage.anthropic.script(resetBeforeHeaders(), resetBeforeHeaders());
    stage.bedrock.setDefault(internal());
    const answered = await postMessage(stage.gateway);
    expect(answered.status).toBe(502);
    expect(JSON.parse(answered.text)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(answered.text).toMatch(/anthropic: .*bedrock: /);
  });
});

describe('a request that Bedrock cannot serve without changing its meaning', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a server tool', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    [
      'a URL source',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://x' } }] }] },
    ],
  ])('is not sent there: %s', async (_name, body) => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const answered = await postMessage(stage.gateway, { user: newUser(), body });
    expect(answered).toMatchObject({
      status: 429,
      upstream: 'anthropic',
      fallback: expect.stringContaining('bedrock'),
    });
    expect(answered.headers.get('x-should-retry')).toBe('false');
    expect(stage.bedrock.requests).toHaveLength(0);
  });

  it.each([
    ['its time', { retryAfterSeconds: 45 }],
    ['no time', { isBare: true }],
  ])('ends at once while a limit with %s is remembered, and is sent to no upstream', async (_name, limit) => {
    const user = newUser();
    stage.anthropic.script(rateLimited(limit));
    await postMessage(stage.gateway, { user });
    const body = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    const answered = await postMessage(stage.gateway, { user, body, isStream: true });
    expect(answered).toMatchObject({ status: 429, upstream: null });
    expect(answered.headers.get('x-should-retry')).toBe('false');
    expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(answered.text).error).toMatchObject({
      type: 'rate_limit_error',
      message: expect.stringMatching(/^anthropic is rate limited, .*web_search/),
    });
    expect(stage.anthropic.requests).toHaveLength(1);
  });

  it('is left to the client if Anthropic’s window takes seconds', async () => {
    await stage.restart({ MAX_RETRY_WAIT_SECONDS: '0' });
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 5 }));
    const body = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    const { status, headers } = await postMessage(stage.gateway, { user: newUser(), body });
    expect([status, headers.get('retry-after'), headers.get('x-should-retry')]).toEqual([429, '5', null]);
    await stage.restart();
  });

  it('is final if the account has no credit', async () => {
    stage.anthropic.script(refuse(400, { message: 'Your credit balance is too low to access the Anthropic API.' }));
    const body = { tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    const { status, headers, text } = await postMessage(stage.gateway, { user: newUser(), body });
    expect([status, headers.get('x-should-retry')]).toEqual([400, 'false']);
    expect(text).toContain('credit balance');
  });

  it('a thread stored at Anthropic gets 404 thread_not_found, so that the SDK sends the history again', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const thread = { type: 'continue', previous_message_id: 'msg_1' };
    const answered = await postMessage(stage.gateway, { user: newUser(), body: { thread } });
    expect(answered.status).toBe(404);
    expect(JSON.parse(answered.text).error.details.error_code).toBe('thread_not_found');
  });
});

it('FALLBACK_ON selects the failures that cause a fallback', async () => {
  await stage.restart({ FALLBACK_ON: 'overloaded' });
  stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }), overloaded());
  const user = newUser();
  expect(await postMessage(stage.gateway, { user })).toMatchObject({ status: 429, upstream: 'anthropic' });
  expect(await postMessage(stage.gateway, { user })).toMatchObject({ status: 200, fallback: 'overloaded' });
  await stage.restart();
});
