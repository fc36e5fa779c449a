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
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { streamText } from 'ai';
import OpenAI from 'openai';
import type { Exchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { postJson } from '../support/post-json.js';
import { type Stage, startStage } from '../support/start-stage.js';

const PING = ': ping\n\n';
const LATE_MS = 1_500;
const HELLO = [{ role: 'user' as const, content: 'hello' }];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ PING_AFTER_SECONDS: '1' });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

/** Every test has a user of its own, so that no limit is left over. */
let users = 0;
/** The exchange of the next user, once it has ended: a moment after its client has read the last byte. */
const nextFinished = () => {
  const user = `user-${users}`;
  return new Promise<Exchange>((resolve) =>
    stage.gateway.app.get(ExchangeFeed).onFinished((exchange) => exchange.user === user && resolve(exchange)),
  );
};
const newBase = () => `${stage.gateway.url}/user/user-${users++}/v1`;
const newClient = () => new OpenAI({ baseURL: newBase(), apiKey: 'sk-ant-api03-caller', maxRetries: 0 });
const newProvider = () =>
  createOpenAICompatible({ name: 'claude', baseURL: newBase(), apiKey: 'sk-ant-api03-caller', includeUsage: true });

const DIALECTS = [
  ['chat', '/chat/completions', { model: 'opus', stream: true, messages: HELLO }],
  ['responses', '/responses', { model: 'opus', stream: true, input: 'hello' }],
] as const;
type Body = (typeof DIALECTS)[number][2];
const streamOf = async (path: string, body: Body) => {
  const response = await postJson(newBase() + path, body);
  return { response, text: await response.text() };
};
const pingsBefore = (text: string, word: string) => text.slice(0, text.indexOf(word)).split(PING).length - 1;

describe.each(DIALECTS)('a silent upstream, asked in %s', (_name, path, body) => {
  it('is bridged by a head and comments before the answer', async () => {
    const finished = nextFinished();
    stage.anthropic.script(silence({ ms: 2_500, text: 'late and whole' }));
    const response = await postJson(newBase() + path, body);
    expect(stage.anthropic.requests[0]!.finishReason).toBeUndefined();
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

  it('is bridged by comments in mid-stream', async () => {
    stage.anthropic.script(silence({ ms: 2_500, afterEvents: 4, text: 'half and half' }));
    const { text } = await streamOf(path, body);
    expect(text.startsWith(PING)).toBe(false);
    expect(text).toContain(PING);
    expect(text).not.toContain('event: error');
  });

  it.each<[string, Behaviour]>([
    ['is overloaded', overloaded({ latencyMs: LATE_MS })],
    ['is limited', rateLimited({ retryAfterSeconds: 60, latencyMs: LATE_MS })],
    ['is gone', resetBeforeHeaders({ latencyMs: LATE_MS })],
    ['breaks off at its beginning', cut({ latencyMs: LATE_MS, afterEvents: 1 })],
  ])('lets Bedrock answer in the stream that has begun, when it %s', async (_what, behaviour) => {
    const finished = nextFinished();
    stage.anthropic.script(behaviour, behaviour);
    stage.bedrock.script(answer({ text: 'Bedrock' }));
    const { text } = await streamOf(path, body);
    expect(text.startsWith(PING)).toBe(true);
    expect(text).toContain('Bedrock');
    expect(await finished).toMatchObject({ upstream: 'bedrock', outcome: 'completed', status: 200 });
  });

  it('and refusing tells its words as the last event', async () => {
    const finished = nextFinished();
    stage.anthropic.script(refuse(400, { message: 'in its own words', latencyMs: LATE_MS }));
    const { response, text } = await streamOf(path, body);
    expect(response.status).toBe(200);
    expect(text.startsWith(PING)).toBe(true);
    expect(text.trimEnd().split('\n\n').at(-1)).toContain('in its own words');
    expect(await finished).toMatchObject({ outcome: 'refused', status: 400 });
  });

  it('and answering with something else tells that', async () => {
    const finished = nextFinished();
    const headers = { 'content-type': 'application/json' };
    stage.anthropic.script(raw({ status: 200, body: '{"type":"message"}', headers, latencyMs: LATE_MS }));
    const { text } = await streamOf(path, body);
    expect(text.trimEnd().split('\n\n').at(-1)).toContain('is no stream');
    expect(await finished).toMatchObject({ outcome: 'refused', status: 502 });
  });

  it('and nobody else there is told as the last event', async () => {
    stage.anthropic.script(resetBeforeHeaders({ latencyMs: LATE_MS }), resetBeforeHeaders({ latencyMs: LATE_MS }));
    stage.bedrock.setDefault(raw({ status: 500, body: '{}' }));
    const { text } = await streamOf(path, body);
    expect(text.trimEnd().split('\n\n').at(-1)).toContain('No upstream could be reached');
  });

  it('is let go when the client leaves', async () => {
    stage.anthropic.script(silence());
    const caller = new AbortController();
    const response = await postJson(newBase() + path, body, { signal: caller.signal });
    await response.body!.getReader().read();
    caller.abort();
    expect(await (await stage.anthropic.requestAt(0)).finished).toBe('closed_by_client');
  });
});

describe('the official SDK', () => {
  it('skips the comments of a chat', async () => {
    stage.anthropic.script(silence({ ms: LATE_MS, text: 'late and whole' }));
    const stream = newClient().chat.completions.stream({ model: 'opus', messages: HELLO });
    expect(await stream.finalContent()).toBe('late and whole');
  });

  it('skips the comments of a response', async () => {
    stage.anthropic.script(silence({ ms: LATE_MS, afterEvents: 4, text: 'late and whole' }));
    const stream = newClient().responses.stream({ model: 'opus', input: 'hello' });
    expect((await stream.finalResponse()).output_text).toBe('late and whole');
  });

  it('hears a late refusal as an error, in a chat', async () => {
    stage.anthropic.script(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const asked = newClient().chat.completions.stream({ model: 'opus', messages: HELLO }).finalContent();
    await expect(asked).rejects.toMatchObject({
      constructor: OpenAI.APIError,
      message: expect.stringContaining('not for you'),
      code: 'permission_denied',
    });
  });

  it('hears a late refusal as an error, in a response', async () => {
    stage.anthropic.script(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const reading = (async () => {
      const stream = await newClient().responses.create({ model: 'opus', input: 'hello', stream: true });
      for await (const event of stream) if (event.type === 'error') throw new Error(event.message);
    })();
    await expect(reading).rejects.toThrow('not for you');
  });
});

describe('the AI SDK', () => {
  it.each([undefined, 4])('skips the comments (after events: %s)', async (afterEvents) => {
    const said = 'late and whole';
    stage.anthropic.script(silence({ ms: LATE_MS, text: said, ...(afterEvents ? { afterEvents } : {}) }));
    const stream = streamText({ model: newProvider()('opus'), prompt: 'hello' });
    expect(await stream.text).toBe(said);
    expect(await stream.finishReason).toBe('stop');
  });

  it('hears a late refusal as an error', async () => {
    stage.anthropic.script(refuse(403, { message: 'not for you', latencyMs: LATE_MS }));
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    await streamText({ model: newProvider()('opus'), prompt: 'hello', maxRetries: 0, onError }).consumeStream();
    expect(JSON.stringify(errors)).toContain('not for you');
  });
});

it('a client without a stream gets nothing but its answer', async () => {
  stage.anthropic.script(silence({ ms: LATE_MS, text: 'whole' }));
  const { response, data } = await newClient()
    .chat.completions.create({ model: 'opus', messages: HELLO })
    .withResponse();
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(data.choices[0]!.message.content).toBe('whole');
});
