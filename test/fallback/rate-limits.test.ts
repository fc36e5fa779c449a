import { randomUUID } from 'node:crypto';
import { answer, internal, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
/** Each test has its own user, so that no limits remain from other tests. */
const newUser = () => `user-${randomUUID()}`;
const post = (posting: Parameters<typeof postMessage>[1]) => postMessage(stage.gateway, posting);
const finishedOf = (user: string) =>
  new Promise<FinishedExchange>((resolve) =>
    stage.gateway.app.get(ExchangeFeed).onFinished((exchange) => exchange.user === user && resolve(exchange)),
  );
const limitOf = async (user: string) => {
  const store = stage.gateway.app.get(LimitStore);
  await store.settled();
  return store.itemOf(user);
};

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe.each([true, false])('a 429 from Anthropic (streamed: %s)', (isStream) => {
  it('is answered from Bedrock, and the caller sees one clean answer', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const answered = await post({ user, isStream });
    expect(answered).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'rate_limited' });
    expect(answered.text).toContain('claude-opus-5-5');
    expect(answered.text).not.toContain('amazon-bedrock');
    expect(answered.text.match(/^event: message_start/gm)?.length ?? 0).toBe(isStream ? 1 : 0);
  });

  it('is remembered: the next request goes to Bedrock at once', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await post({ user, isStream });
    expect(await post({ user, isStream })).toMatchObject({ upstream: 'bedrock', fallback: 'limit_remembered' });
    expect(stage.anthropic.requests).toHaveLength(1);
  });
});

describe('what is remembered', () => {
  it('has the attributes of the published table', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 90 }));
    const before = Math.floor(Date.now() / 1_000);
    await post({ user });
    const item = (await limitOf(user))!;
    expect(item).toMatchObject({ user_id: user, retry_after_seconds: 90, drill: false });
    expect(item.retry_until - before).toBeGreaterThanOrEqual(90);
    expect(item.retry_until - before).toBeLessThanOrEqual(93);
    expect(item.ttl).toBe(item.retry_until + 3_600);
    expect(Object.keys(item.scopes!)).toEqual([expect.stringMatching(/^[0-9a-f]{12}\/opus-5-5$/)]);
    expect(JSON.stringify(item)).not.toContain('sk-ant');
  });

  it('does not limit another credential of the user, another model class, or another user', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await post({ user });
    expect(await post({ user, apiKey: 'sk-ant-test-2' })).toMatchObject({ upstream: 'anthropic', fallback: null });
    expect(await post({ user, model: 'claude-haiku-5-5' })).toMatchObject({ upstream: 'anthropic' });
    expect(await post({ user: newUser() })).toMatchObject({ upstream: 'anthropic' });
    expect(await post({ user })).toMatchObject({ upstream: 'bedrock' });
  });

  it('serves no caller without a credential, also while that user is limited', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await post({ user });
    expect(await post({ user, apiKey: null })).toMatchObject({ status: 401, upstream: null });
    expect(await post({ user })).toMatchObject({ status: 200, upstream: 'bedrock' });
  });

  it('survives a restart', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await post({ user });
    const { dataDirectory } = stage.gateway;
    const second = await startStage({ DATA_DIR: dataDirectory });
    expect(await postMessage(second.gateway, { user })).toMatchObject({ fallback: 'limit_remembered' });
    await second.close();
  });

  it('applies an item of the original project to all requests of the user', async () => {
    const user = newUser();
    const now = Math.floor(Date.now() / 1_000);
    const item = { user_id: user, retry_until: now + 60, retry_after_seconds: 60, created_at: now, ttl: now + 3_660 };
    await stage.gateway.app.get(LimitStore).table.put(item);
    expect(await post({ user, model: 'claude-haiku-5-5' })).toMatchObject({ fallback: 'limit_remembered' });
  });

  it('is never replaced by a shorter window', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }), rateLimited({ retryAfterSeconds: 20 }));
    await Promise.all([post({ user }), post({ user })]);
    expect((await limitOf(user))!.retry_after_seconds).toBe(600);
  });

  it('ends when Anthropic answers again', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await post({ user });
    stage.bedrock.setDefault(internal());
    expect(await post({ user })).toMatchObject({ status: 200, upstream: 'anthropic' });
    expect(await limitOf(user)).toBeUndefined();
    stage.bedrock.reset();
    expect(await post({ user })).toMatchObject({ upstream: 'anthropic', fallback: null });
  });
});

describe('the window of a 429', () => {
  const seconds = async (limited: Parameters<typeof rateLimited>[0]) => {
    const user = newUser();
    stage.anthropic.script(rateLimited(limited));
    await post({ user });
    return (await limitOf(user))!.retry_after_seconds;
  };

  it('is read from an HTTP date, milliseconds and the unified reset', async () => {
    expect(await seconds({ retryAfterDate: new Date(Date.now() + 120_000) })).toBeGreaterThan(117);
    expect(await seconds({ retryAfterMs: 45_000 })).toBe(45);
    expect(await seconds({ unifiedResetAt: new Date(Date.now() + 300_000) })).toBeGreaterThan(297);
  });

  it('is two seconds without a hint, and a quarter of an hour for a spend cap', async () => {
    expect(await seconds({ isBare: true, headers: { 'x-should-retry': 'false' } })).toBe(2);
    expect(await seconds({ isSpendCap: true })).toBe(900);
  });

  it('ends when the request fits into a bucket, not when the bucket is full', async () => {
    await stage.restart({ MAX_RETRY_WAIT_SECONDS: '0' });
    expect(await seconds({ tokensResetAt: new Date(Date.now() + 200_000) })).toBe(1);
    await stage.restart();
  });
});

describe('a short window', () => {
  it('is waited for, and the request is sent to Anthropic again', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 1 }), answer());
    const startedMs = Date.now();
    expect(await post({ user })).toMatchObject({ status: 200, upstream: 'anthropic', fallback: null });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(990);
    expect(await limitOf(user)).toBeUndefined();
  });

  it('is waited for once only: a second 429 is remembered and answered from Bedrock', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 1 }), rateLimited({ retryAfterSeconds: 2 }));
    expect(await post({ user })).toMatchObject({ upstream: 'bedrock', fallback: 'rate_limited' });
    expect((await limitOf(user))!.retry_after_seconds).toBe(2);
  });

  it('stops the wait when the caller disconnects, and no other upstream is recorded', async () => {
    const hangUp = new AbortController();
    const user = newUser();
    const finished = finishedOf(user);
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 8 }));
    const asked = post({ user, signal: hangUp.signal }).catch((error: Error) => error.name);
    await (await stage.anthropic.requestAt(0)).finished;
    hangUp.abort();
    expect(await asked).toBe('AbortError');
    expect(stage.anthropic.requests).toHaveLength(1);
    expect(stage.bedrock.requests).toHaveLength(0);
    expect(await finished).toMatchObject({
      outcome: 'aborted',
      attempts: [{ upstream: 'anthropic', failure: 'rate_limited' }],
      fallbackReason: undefined,
    });
    expect((await limitOf(user))!.retry_after_seconds).toBe(8);
  });
});

it('a caller who disconnects during the lookup of limits is recorded as aborted, without an upstream', async () => {
  const hangUp = new AbortController();
  const user = newUser();
  const finished = finishedOf(user);
  const { table } = stage.gateway.app.get(LimitStore);
  const lookedUp = Promise.withResolvers<void>();
  const slow = jest.spyOn(table, 'get').mockImplementation(() => {
    lookedUp.resolve();
    return new Promise(() => {});
  });
  const asked = post({ user, signal: hangUp.signal }).catch((error: Error) => error.name);
  await lookedUp.promise;
  hangUp.abort();
  expect(await asked).toBe('AbortError');
  expect(await finished).toMatchObject({ outcome: 'aborted', attempts: [] });
  expect(stage.anthropic.requests).toHaveLength(0);
  slow.mockRestore();
});

describe('switched off', () => {
  it('fallback: the 429 reaches the caller, and the next request goes to Anthropic', async () => {
    await stage.restart({ BEDROCK_FALLBACK_ENABLED: 'false' });
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60, message: 'too fast' }));
    expect(await post({ user })).toMatchObject({
      status: 429,
      upstream: 'anthropic',
      text: expect.stringContaining('too fast'),
    });
    expect(await post({ user })).toMatchObject({ status: 200, upstream: 'anthropic' });
    expect(stage.bedrock.requests).toHaveLength(0);
  });

  it('tracking: the 429 is answered from Bedrock, and nothing is remembered', async () => {
    await stage.restart({ RATE_LIMIT_TRACKING_ENABLED: 'false' });
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    expect(await post({ user })).toMatchObject({ upstream: 'bedrock', fallback: 'rate_limited' });
    expect(await post({ user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    expect(await limitOf(user)).toBeUndefined();
  });
});
