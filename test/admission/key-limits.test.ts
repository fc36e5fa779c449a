import type { KeyLimits } from '@claude-proxy/admin-api';
import { answer, silence } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { hasRedis, startRedis } from '../support/start-redis.js';

let pair: Pair;
const admin = adminApi(() => pair.gateway);
beforeAll(async () => {
  pair = await startPair({ CLIENT_AUTH: 'keys', ANTHROPIC_API_KEY: 'sk-ant-operator' });
  pair.anthropic.setDefault(answer({ usage: { input_tokens: 10, output_tokens: 5 } }));
});
afterAll(() => pair.close());

const keyWith = async (limits: KeyLimits) => {
  const { json } = await admin.post('/api/keys', { name: 'limited', user: 'alice', limits });
  return async (isStream = false) => {
    const answered = await postMessage(pair.gateway, { apiKey: json.key, isStream });
    await admin.ended();
    return answered;
  };
};

describe('a client key with limits', () => {
  it('gets 429 with the exact wait beyond its requests a minute, and sees its own limits in every answer', async () => {
    const post = await keyWith({ requests_per_minute: 2 });
    const [first, second, third] = [await post(), await post(), await post()];
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    const remaining = [first, second, third].map(({ headers }) =>
      headers.get('anthropic-ratelimit-requests-remaining'),
    );
    expect(remaining).toEqual(['1', '0', '0']);
    expect(first.headers.get('anthropic-ratelimit-requests-limit')).toBe('2');
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(third.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    expect(third.headers.get('x-should-retry')).toBeNull();
    expect(third.text).toMatch(/rate_limit_error.*limit of 2 requests a minute/);
  });

  it('gets 429 beyond its tokens a minute', async () => {
    const post = await keyWith({ tokens_per_minute: 20 });
    expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([200, 200, 429]);
  });

  it('gets 429 beyond its requests at the same time', async () => {
    const { json } = await admin.post('/api/keys', { name: 'limited', user: 'alice', limits: { concurrency: 1 } });
    const post = (isStream: boolean) => postMessage(pair.gateway, { apiKey: json.key, isStream });
    const before = pair.anthropic.requests.length;
    pair.anthropic.script(silence({ afterEvents: 3, ms: 1_000 }));
    const running = post(true);
    await pair.anthropic.requestAt(before);
    expect((await post(false)).status).toBe(429);
    expect((await running).status).toBe(200);
    await admin.ended();
    expect((await post(false)).status).toBe(200);
  });
});

(hasRedis() ? describe : describe.skip)('in a Redis that two tasks share', () => {
  it('the limits of a key hold for both, and each counts by itself while it is away', async () => {
    const redis = await startRedis();
    const environment = {
      ANTHROPIC_UPSTREAM_URL: pair.anthropic.url,
      FALLBACK_CHAIN: 'anthropic',
      REDIS_URL: redis.url,
    };
    const start = () => startGateway({ ...environment, ANTHROPIC_API_KEY: 'x', DATA_DIR: pair.gateway.dataDirectory });
    const [first, second] = [await start(), await start()];
    const limits = { requests_per_minute: 3, concurrency: 5 };
    const { json } = await admin.post('/api/keys', { name: 'shared', user: 'bob', limits });
    const post = (gateway: RunningGateway) => postMessage(gateway, { user: 'bob', apiKey: json.key });
    const statuses: number[] = [];
    for (const gateway of [first, second, first, second, first]) statuses.push((await post(gateway)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await redis.stop();
    expect((await post(first)).status).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });
});
