import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  answer,
  type Behaviour,
  cut,
  overloaded,
  rateLimited,
  raw,
  refuse,
  resetBeforeHeaders,
  silence,
} from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamText } from 'ai';
import OpenAI from 'openai';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { CLIENT_HEADERS, postJson } from '../support/post-json.js';
import { type Stage, startStage } from '../support/start-stage.js';

const PING = ': ping\n\n';
const LATE_MS = 1_500;
const FAIL_EVERYWHERE = 'fail at every upstream';
const HELLO = [{ role: 'user' as const, content: 'hello' }];

/** Anthropic's behaviors for the requests of a key, in order. All other requests are answered. */
const scripts = new Map<string, Behaviour[]>();
let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ PING_AFTER_SECONDS: '1' });
  stage.anthropic.setDefault(({ credential }) => scripts.get(credential ?? '')?.shift() ?? answer());
  stage.bedrock.setDefault(({ body }) =>
    body.includes(FAIL_EVERYWHERE) ? raw({ status: 500, body: '{}' }) : answer({ text: 'Bedrock' }),
  );
});
afterAll(() => stage.close());

/** The tests run in parallel. Each has its own user, to share no limits, and its own key with a script. */
class Caller {
  static count = 0;
  readonly #name = `caller-${Caller.count++}`;
  readonly #key = `sk-ant-api03-${this.#name}`;

  constructor(...behaviours: Behaviour[]) {
    scripts.set(this.#key, behaviours);
  }

  get settings() {
    return { baseURL: `${stage.gateway.url}/user/${this.#name}/v1`, apiKey: this.#key };
  }

  get client() {
    return new OpenAI({ ...this.settings, maxRetries: 0 });
  }

  get provider() {
    return createOpenAICompatible({ ...this.settings, name: 'claude', includeUsage: true });
  }

  /** The requests of this caller at Anthropic. */
  get request() {
    return stage.anthropic.requests.find(({ credential }) => credential === this.#key)!;
  }

  /** Resolves with the exchange shortly after its client has read the last byte. Call it before the request. */
  finished(): Promise<FinishedExchange> {
    return new Promise((resolve) =>
      stage.gateway.app.get(ExchangeFeed).onFinished((exchange) => exchange.user === this.#name && resolve(exchange)),
    );
  }

  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    const { baseURL, apiKey } = this.settings;
    const headers = { ...CLIENT_HEADERS, 'x-api-key': apiKey };
    return postJson(baseURL + path, body, { headers, ...init });
  }
}

const DIALECTS = [
  ['chat', '/chat/completions', { model: 'opus', stream: true, messages: HELLO }],
  ['responses', '/responses', { model: 'opus', stream: true, input: 'hello' }],
] as const;
const textOf = async (caller: Caller, path: string, body: unknown) => (await caller.post(path, body)).text();
const lastEventIn = (text: string) => text.trimEnd().split('\n\n').at(-1);
const pingsBefore = (text: string, word: string) => text.slice(0, text.indexOf(word)).split(PING).length - 1;

describe.each(DIALECTS)('a silent upstream in %s', (_name, path, body) => {
  it.concurrent('causes an early head and comments before the answer', async () => {
    const caller = new Caller(silence({ ms: 2_500, text: 'late and whole' }));
    const finished = caller.finished();
    const response = await caller.post(path, body);
    expect(caller.request.finishReason).toBeUndefined();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const id = response.headers.get('x-claude-proxy-exchange');
    expect(id).toMatch(/^exc_/);
    expect(response.headers.get('x-request-id')).toBe(id);
    const text = await response.text();
    expect(text.startsWith(PING)).toBe(true);
    expect(pingsBefore(text, 'data:')).toBeGreaterThanOrEqual(2);
    expect(text).toContain('late');
    expect(await finished).toMatchObject({ outcome: 'completed', status: 200 });
  });

  it.concurrent('causes comments in mid-stream', async () => {
    const caller = new Caller(silence({ ms: 2_500, afterEvents: 4, text: 'half and half' }));
    const text = await textOf(caller, path, body);
    expect(text.startsWith(PING)).toBe(false);
    expect(text).toContain(PING);
    expect(text).not.toContain('event: error');
  });

  // Several models, because five failures in a row of one model would open its breaker.
  it.concurrent.each<[string, string, Behaviour]>([
    ['is overloaded', 'sonnet', overloaded({ latencyMs: LATE_MS })],
    ['is limited', 'opus', rateLimited({ retryAfterSeconds: 60, latencyMs: LATE_MS })],
    ['is gone', 'haiku', resetBeforeHeaders({ latencyMs: LATE_MS })],
    ['breaks off at its beginning', 'sonnet', cut({ latencyMs: LATE_MS, afterEvents: 1 })],
  ])('is replaced by Bedrock in the stream that has begun, if it %s', async (_what, model, behaviour) => {
    const caller = new Caller(behaviour, behaviour);
    const finished = caller.finished();
    const text = await textOf(caller, path, { ...body, model });
    expect(text.startsWith(PING)).toBe(true);
    expect(text).toContain('Bedrock');
    expect(await finished).toMatchObject({ upstream: 'bedrock', outcome: 'completed', status: 200 });
  });

  it.concurrent('that refuses sends its message as the last event', async () => {
    const caller = new Caller(refuse(400, { message: 'in its own words', latencyMs: LATE_MS }));
    const finished = caller.finished();
    const response = await caller.post(path, body);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text.startsWith(PING)).toBe(true);
    expect(lastEventIn(text)).toContain('in its own words');
    expect(await finished).toMatchObject({ outcome: 'refused', status: 400 });
  });

  it.concurrent('that does not answer with a stream causes an error as the last event', async () => {
    const headers = { 'content-type': 'application/json' };
    const caller = new Caller(raw({ status: 200, body: '{"type":"message"}', headers, latencyMs: LATE_MS }));
    const finished = caller.finished();
    expect(lastEventIn(await textOf(caller, path, body))).toContain('is not a stream');
    expect(await finished).toMatchObject({ outcome: 'refused', status: 502 });
  });

  it.concurrent('without a fallback causes an error as the last event', async () => {
    const gone = resetBeforeHeaders({ latencyMs: LATE_MS });
    const asked = JSON.parse(JSON.stringify(body).replace('hello', FAIL_EVERYWHERE));
    const text = await textOf(new Caller(gone, gone), path, asked);
    expect(lastEventIn(text)).toContain('No upstream could be reached');
  });

  it.concurrent('is closed when the client leaves', async () => {
    const caller = new Caller(silence());
    const leaving = new AbortController();
    const response = await caller.post(path, body, { signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
    expect(await caller.request.finished).toBe('closed_by_client');
  });
});

describe('the official SDK', () => {
  it.concurrent('skips the comments of a chat', async () => {
    const { client } = new Caller(silence({ ms: LATE_MS, text: 'late and whole' }));
    const stream = client.chat.completions.stream({ model: 'opus', messages: HELLO });
    expect(await stream.finalContent()).toBe('late and whole');
  });

  it.concurrent('skips the comments of a response', async () => {
    const { client } = new Caller(silence({ ms: LATE_MS, afterEvents: 4, text: 'late and whole' }));
    const stream = client.responses.stream({ model: 'opus', input: 'hello' });
    expect((await stream.finalResponse()).output_text).toBe('late and whole');
  });

  it.concurrent('throws a late refusal as an error, in a chat', async () => {
    const { client } = new Caller(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const asked = client.chat.completions.stream({ model: 'opus', messages: HELLO }).finalContent();
    await expect(asked).rejects.toMatchObject({
      constructor: OpenAI.APIError,
      message: expect.stringContaining('not for you'),
      code: 'permission_denied',
    });
  });

  it.concurrent('throws a late refusal as an error, in a response', async () => {
    const { client } = new Caller(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const reading = (async () => {
      const stream = await client.responses.create({ model: 'opus', input: 'hello', stream: true });
      for await (const event of stream) if (event.type === 'error') throw new Error(event.message);
    })();
    await expect(reading).rejects.toThrow('not for you');
  });
});

describe('the AI SDK', () => {
  it.concurrent.each([undefined, 4])('skips the comments (after events: %s)', async (afterEvents) => {
    const said = 'late and whole';
    const { provider } = new Caller(silence({ ms: LATE_MS, text: said, ...(afterEvents ? { afterEvents } : {}) }));
    const stream = streamText({ model: provider('opus'), prompt: 'hello' });
    expect(await stream.text).toBe(said);
    expect(await stream.finishReason).toBe('stop');
  });

  it.concurrent('throws a late refusal as an error', async () => {
    const { provider } = new Caller(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    await streamText({ model: provider('opus'), prompt: 'hello', maxRetries: 0, onError }).consumeStream();
    expect(JSON.stringify(errors)).toContain('not for you');
  });
});

it.concurrent('a client without a stream gets nothing but its answer', async () => {
  const { client } = new Caller(silence({ ms: LATE_MS, text: 'whole' }));
  const { response, data } = await client.chat.completions.create({ model: 'opus', messages: HELLO }).withResponse();
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(data.choices[0]!.message.content).toBe('whole');
});
