import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import {
  type Behaviour,
  cut,
  overloaded,
  rateLimited,
  raw,
  resetBeforeHeaders,
  silence,
} from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { eventsOf, liveEventsOf } from '../support/read-sse.js';
import { type Stage, startStage } from '../support/start-stage.js';

const STREAMED = { ...MESSAGE, stream: true };
const LATE_MS = 1_500;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ PING_AFTER_SECONDS: '1' });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

let users = 0;
/** Resolves with the exchange of the next user at its end. */
const nextFinished = () => {
  const user = `user-${users}`;
  return new Promise<FinishedExchange>((resolve) =>
    stage.gateway.app.get(ExchangeFeed).onFinished((exchange) => exchange.user === user && resolve(exchange)),
  );
};
const url = () => `${stage.gateway.url}/user/user-${users++}/v1/messages`;
const post = (body: unknown = STREAMED) => postJson(url(), body);
const eventsAfter = async (...behaviours: Behaviour[]) => {
  stage.anthropic.script(...behaviours);
  const response = await post();
  const events = eventsOf(await response.text());
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('request-id')).toBe(response.headers.get('x-claude-proxy-exchange'));
  return events;
};
const lateRefusal = (status: number, body: string, headers: Record<string, string> = {}) =>
  raw({ status, body, headers: { 'content-type': 'application/json', ...headers }, latencyMs: LATE_MS });

describe('while Anthropic is silent before its headers', () => {
  it('the client gets pings, then the answer', async () => {
    stage.anthropic.script(silence({ ms: 2_500 }));
    const response = await post();
    const names: string[] = [];
    for await (const { name } of liveEventsOf(response)) {
      if (names.length === 0) expect(stage.anthropic.requests[0]!.finishReason).toBeUndefined();
      names.push(name);
    }
    expect(names.slice(0, 3)).toEqual(['ping', 'ping', 'message_start']);
    expect(names.at(-1)).toBe('message_stop');
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'] as const)('an answer in %s is decoded for the client', async (encoding) => {
    const events = await eventsAfter(silence({ ms: LATE_MS, encoding, text: 'Grüße 東京' }));
    expect(events.map(({ name }) => name).at(-1)).toBe('message_stop');
    expect(events.map(({ data }) => data).join('')).toContain('Grüße 東京');
  });

  it('the official SDK gets its message', async () => {
    stage.anthropic.script(silence({ ms: LATE_MS, text: 'late and whole' }));
    const client = new Anthropic({ apiKey: 'sk-ant-test', baseURL: stage.gateway.url, maxRetries: 0 });
    const stream = client.messages.stream({ ...MESSAGE, messages: [{ role: 'user', content: 'hi' }] });
    expect((await stream.finalMessage()).content).toMatchObject([{ text: 'late and whole' }]);
  });

  it('a client without a stream gets nothing but its answer', async () => {
    stage.anthropic.script(silence({ ms: LATE_MS }));
    expect(await (await post(MESSAGE)).json()).toMatchObject({ type: 'message' });
  });

  it('a client that leaves closes the connection to Anthropic at once, even after the start of its stream', async () => {
    stage.anthropic.script(silence());
    const caller = new AbortController();
    const response = await postJson(url(), STREAMED, { signal: caller.signal });
    await response.body!.getReader().read();
    caller.abort();
    const leftAtMs = Date.now();
    expect(await (await stage.anthropic.requestAt(0)).finished).toBe('closed_by_client');
    expect(Date.now() - leftAtMs).toBeLessThan(10_000);
  });
});

describe('after the pings', () => {
  it.each([
    ['overloaded', overloaded({ latencyMs: LATE_MS })],
    ['limited', rateLimited({ retryAfterSeconds: 60, latencyMs: LATE_MS })],
    ['gone', resetBeforeHeaders({ latencyMs: LATE_MS })],
    ['broken off at its beginning', cut({ latencyMs: LATE_MS, afterEvents: 1 })],
  ])('the next upstream answers if Anthropic is %s', async (_name, behaviour) => {
    const events = await eventsAfter(behaviour, behaviour);
    const names = events.map(({ name }) => name).filter((name) => name !== 'ping');
    expect(names.filter((name) => name === 'message_start')).toHaveLength(1);
    expect(names.at(-1)).toBe('message_stop');
    expect(stage.bedrock.requests).toHaveLength(1);
  });

  const body = '{"type":"error",\n"error":{"type":"invalid_request_error","message":"in its own words"}}';
  it.each([
    ['', lateRefusal(400, body)],
    [', compressed', { ...lateRefusal(400, '', { 'content-encoding': 'gzip' }), body: gzipSync(body) }],
  ])('a refusal is sent as an error event with Anthropic’s message%s', async (_name, behaviour) => {
    const finished = nextFinished();
    const events = await eventsAfter(behaviour as Behaviour);
    expect(events.map(({ name }) => name)).toEqual(['ping', 'error']);
    expect(JSON.parse(events[1]!.data)).toEqual(JSON.parse(body));
    expect(await finished).toMatchObject({ outcome: 'refused', status: 400 });
  });

  it('a refusal in another format is sent in Anthropic’s format', async () => {
    const [, error] = await eventsAfter(lateRefusal(404, '{"detail":"Not Found"}'));
    expect(JSON.parse(error!.data)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  });

  it.each([
    ['that is not a stream', 'application/json', 'identity', 'no stream'],
    ['in an unknown content coding', 'text/event-stream', 'rot13', 'cannot be read'],
  ])('an answer %s is an error event, and is recorded as refused', async (_name, type, encoding, message) => {
    const finished = nextFinished();
    const headers = { 'content-type': type, 'content-encoding': encoding };
    const events = await eventsAfter(raw({ status: 200, body: '{}', headers, latencyMs: LATE_MS }));
    expect(events.at(-1)!.name).toBe('error');
    expect(JSON.parse(events.at(-1)!.data).error.message).toContain(message);
    expect(await finished).toMatchObject({ outcome: 'refused', errorMessage: expect.stringContaining(message) });
  });

  it('our own refusal is sent as an error event with the id of the exchange', async () => {
    const behaviour = resetBeforeHeaders({ latencyMs: LATE_MS });
    stage.bedrock.setDefault(raw({ status: 500, body: '{}' }));
    const [, error] = (await eventsAfter(behaviour, behaviour)).filter(
      ({ name }, index) => index === 0 || name !== 'ping',
    );
    expect(JSON.parse(error!.data)).toMatchObject({
      error: { type: 'api_error', message: expect.stringContaining('No upstream could be reached') },
      request_id: expect.stringMatching(/^exc_/),
    });
  });
});

it('the client gets pings during the wait for a short window', async () => {
  stage.anthropic.script(rateLimited({ retryAfterSeconds: 2 }));
  const response = await postJson(url(), STREAMED, { headers: { ...CLIENT_HEADERS, 'x-api-key': 'sk-ant-waits' } });
  const names = eventsOf(await response.text()).map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['ping', expect.any(String)]);
  expect(names).toContain('message_start');
  expect(names.at(-1)).toBe('message_stop');
  expect(stage.anthropic.requests).toHaveLength(2);
  expect(stage.bedrock.requests).toHaveLength(0);
});

it('a client that leaves during the pings of a short window is recorded as aborted, without another upstream', async () => {
  const finished = nextFinished();
  stage.anthropic.script(rateLimited({ retryAfterSeconds: 8 }));
  const caller = new AbortController();
  const response = await postJson(url(), STREAMED, { signal: caller.signal });
  await response.body!.getReader().read();
  caller.abort();
  expect(await finished).toMatchObject({ outcome: 'aborted', attempts: [{ upstream: 'anthropic' }] });
});

it('a client that leaves during a late answer that is not a stream is recorded as aborted', async () => {
  const source = createServer((_request, response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"type":');
      begun.resolve();
    }, LATE_MS);
  });
  const begun = Promise.withResolvers<void>();
  source.listen(0, '127.0.0.1');
  await once(source, 'listening');
  const { port } = source.address() as AddressInfo;
  await stage.restart({ ANTHROPIC_UPSTREAM_URL: `http://127.0.0.1:${port}` });
  const ended = nextFinished();
  const caller = new AbortController();
  const response = await postJson(url(), STREAMED, { signal: caller.signal });
  await response.body!.getReader().read();
  await begun.promise;
  await sleep(50);
  caller.abort();
  expect(await Promise.race([ended, sleep(2_000, 'never on record')])).toMatchObject({ outcome: 'aborted' });
  source.closeAllConnections();
  source.close();
});
