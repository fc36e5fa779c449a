import { randomUUID } from 'node:crypto';
import { answer, internal, overloaded, rateLimited, silence } from '@claude-proxy/simulator';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

const MODEL = 'claude-opus-5-5';
const post = (posting: Parameters<typeof postMessage>[1] = {}) =>
  postMessage(stage.gateway, { user: `user-${randomUUID()}`, model: MODEL, ...posting });
const goDown = async () => {
  stage.anthropic.setDefault(overloaded());
  for (let times = 0; times < 5; times += 1) expect((await post()).fallback).toBe('overloaded');
};
/** Without credential checks, which use GET. */
const messagesAtAnthropic = () => stage.anthropic.requests.filter(({ method }) => method === 'POST');
const later = (seconds: number) => {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + seconds * 1_000);
};

describe('an upstream that has failed five times in a row', () => {
  it('is tried after the others, for this model only', async () => {
    await goDown();
    expect(await post()).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'down' });
    expect(messagesAtAnthropic()).toHaveLength(5);
    expect((await post({ model: 'claude-haiku-5-5' })).fallback).toBe('overloaded');
    expect(messagesAtAnthropic()).toHaveLength(6);
  });

  it('still answers if no other upstream can', async () => {
    await goDown();
    stage.anthropic.setDefault(answer());
    stage.bedrock.setDefault(internal());
    expect(await post()).toMatchObject({ status: 200, upstream: 'anthropic' });
  });

  it('gets one request after ten seconds, and all requests after its answer', async () => {
    await goDown();
    later(10.5);
    stage.anthropic.setDefault(answer({ latencyMs: 300 }));
    const answers = await Promise.all([post(), post(), post()]);
    expect(answers.map(({ upstream }) => upstream).sort()).toEqual(['anthropic', 'bedrock', 'bedrock']);
    const [first, second] = await Promise.all([post(), post()]);
    expect([first.upstream, second.upstream]).toEqual(['anthropic', 'anthropic']);
  });

  it('gets a request after ten seconds even if the clock was set back', async () => {
    await goDown();
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() - 6 * 3_600_000);
    later(10.5);
    stage.anthropic.setDefault(answer());
    expect((await post()).upstream).toBe('anthropic');
  });

  it('still gets requests if it is the only one', async () => {
    await stage.restart({ FALLBACK_CHAIN: 'anthropic' });
    stage.anthropic.setDefault(overloaded());
    for (let times = 0; times < 7; times += 1) expect((await post()).status).toBe(529);
    stage.anthropic.setDefault(answer());
    expect((await post()).status).toBe(200);
  });

  it('still gets requests if FALLBACK_ON excludes the failure, or fallback is off', async () => {
    for (const [name, value] of [
      ['FALLBACK_ON', 'rate_limited'],
      ['BEDROCK_FALLBACK_ENABLED', 'false'],
    ] as const) {
      await stage.restart({ [name]: value });
      stage.anthropic.setDefault(overloaded());
      for (let times = 0; times < 6; times += 1) expect((await post()).status).toBe(529);
      stage.anthropic.setDefault(answer());
      expect(await post()).toMatchObject({ status: 200, upstream: 'anthropic' });
    }
  });
});

describe('a fallback upstream', () => {
  it('takes no more exchanges than MAX_FALLBACK_EXCHANGES; the next client comes back in a moment', async () => {
    await stage.restart({ MAX_FALLBACK_EXCHANGES: '1' });
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(silence({ afterEvents: 3 }));
    const caller = new AbortController();
    const held = post({ isStream: true, signal: caller.signal }).catch(() => 'left');
    await stage.bedrock.requestAt(0);
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThan(60);
    expect(refused.fallback).toContain('MAX_FALLBACK_EXCHANGES');
    caller.abort();
    expect(await held).toBe('left');
    await stage.bedrock.requests[0]!.finished;
    expect(await post()).toMatchObject({ status: 200, upstream: 'bedrock' });
    expect(await post()).toMatchObject({ status: 200, upstream: 'bedrock' });
  });
});
