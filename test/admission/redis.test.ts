import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SharedStorage } from '../../apps/proxy/src/admission/shared.storage.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { hasRedis, type RunningRedis, startRedis } from '../support/start-redis.js';

const describeWithRedis = hasRedis() ? describe : describe.skip;
if (!hasRedis()) process.stderr.write('SKIPPED: this machine has no redis-server (apt-get install redis-server)\n');

let redis: RunningRedis;
const pairs: Pair[] = [];
let userCount = 0;
const newUser = () => {
  userCount += 1;
  return `user-${userCount}`;
};

const startTask = async (environment: Record<string, string> = {}) => {
  const pair = await startPair({
    THROTTLE_LIMIT: '3',
    THROTTLE_ADDRESS_LIMIT: '0',
    REDIS_URL: redis.url,
    ...environment,
  });
  pairs.push(pair);
  await connected(pair);
  return pair;
};
/** The connection is opened while the gateway starts, and no request waits for it. */
const connected = async (pair: Pair) => {
  const user = newUser();
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if ((await ask(pair, user)) === 429) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Redis is not used');
};
const ask = async ({ gateway }: Pair, user: string) => {
  const response = await postJson(`${gateway.url}/user/${user}/v1/messages`, MESSAGE);
  await response.text();
  return response.status;
};
const timed = async (act: () => Promise<number>) => {
  const startedMs = performance.now();
  return { status: await act(), ms: performance.now() - startedMs };
};

describeWithRedis('with a Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const pair of pairs.splice(0)) await pair.close();
  });
  afterAll(() => redis.stop());

  it('tasks share their counts', async () => {
    const [one, other] = [await startTask(), await startTask()];
    const user = newUser();
    expect([await ask(one, user), await ask(other, user), await ask(one, user)]).toEqual([200, 200, 200]);
    expect([await ask(other, user), await ask(one, user)]).toEqual([429, 429]);
  });

  it('a window ends at the announced time, also for callers that kept sending requests', async () => {
    const task = await startTask({ THROTTLE_TTL_SECONDS: '2' });
    const user = newUser();
    const statuses: number[] = [];
    const startedMs = performance.now();
    while (performance.now() - startedMs < 1_800) {
      statuses.push(await ask(task, user));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(statuses.slice(0, 4)).toEqual([200, 200, 200, 429]);
    expect(new Set(statuses.slice(3))).toEqual(new Set([429]));
    await new Promise((resolve) => setTimeout(resolve, 2_050 - (performance.now() - startedMs)));
    expect(await ask(task, user)).toBe(200);
  });

  it('that stops answering delays the first request briefly, and most not at all', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const task = await startTask();
    const user = newUser();
    redis.freeze();
    const first = await timed(() => ask(task, user));
    const second = await timed(() => ask(task, user));
    redis.thaw();
    expect(first).toMatchObject({ status: 200 });
    expect(first.ms).toBeLessThan(5_000);
    expect(second).toMatchObject({ status: 200 });
    expect(second.ms).toBeLessThan(first.ms);
    expect(warn.mock.calls.filter(([line]) => String(line).includes('requests are not throttled'))).toHaveLength(1);
  });

  it('that crashes requests pass, one line is logged, and counting continues once it is back', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const task = await startTask();
    const { port } = redis;
    await redis.stop();
    const user = newUser();
    for (let count = 0; count < 6; count += 1) {
      const asked = await timed(() => ask(task, user));
      expect(asked).toMatchObject({ status: 200 });
      expect(asked.ms).toBeLessThan(5_000);
    }
    redis = await startRedis(port);
    await connected(task);
    expect(warn.mock.calls.filter(([line]) => String(line).includes('requests are not throttled'))).toHaveLength(1);
  });

  it('the gateway starts without it, and answers', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const pair = await startPair({
      THROTTLE_LIMIT: '1',
      THROTTLE_ADDRESS_LIMIT: '0',
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    pairs.push(pair);
    const user = newUser();
    expect([await ask(pair, user), await ask(pair, user)]).toEqual([200, 200]);
  });

  it('a hit is counted once, and its key expires with its window', async () => {
    const storage = new SharedStorage(redis.url);
    while ((await storage.increment('warm', 60_000, 10, 60_000, 'models')).totalHits === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const hit = () => storage.increment('key', 400, 1, 400, 'models');
    expect(await hit()).toEqual({ totalHits: 1, timeToExpire: 1, isBlocked: false, timeToBlockExpire: 0 });
    expect(await hit()).toEqual({ totalHits: 2, timeToExpire: 1, isBlocked: true, timeToBlockExpire: 1 });
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(await hit()).toMatchObject({ totalHits: 1, isBlocked: false });
    storage.close();
  });
});
