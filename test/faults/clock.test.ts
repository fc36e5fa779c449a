import { randomUUID } from 'node:crypto';
import { answer, rateLimited } from '@claude-proxy/simulator';
import { DynamoTableStore } from '@claude-proxy/storage';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { limitTable } from '../../apps/proxy/src/fallback/limit.table.js';
import { adminApi } from '../support/admin-api.js';
import { type DynamoEngine, ENGINE_CREDENTIALS, hasDynoxide, startDynamoEngine } from '../support/dynamo-engine.js';
import { type FaultyLine, startFaultyLine } from '../support/faulty-line.js';
import { postMessage } from '../support/post-message.js';
import { eventually, figureOf, healthOf, linesOf, TABLES, usageOf, writingHasFailed } from '../support/recorded.js';
import { type Stage, startStage } from '../support/start-stage.js';

const HOURS_MS = 6 * 3_600_000;
const TIMEOUT_MS = 120_000;

let stage: Stage;
const newUser = () => `user-${randomUUID()}`;
/** Callers may keep a reference to the function from the start, so it is replaced before. */
const realNow = Date.now;
let setBackMs = 0;
const setBack = () => {
  setBackMs = HOURS_MS;
};
beforeEach(() => {
  setBackMs = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() - setBackMs);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.close();
});

describe('a clock that is set back by hours', () => {
  beforeEach(async () => {
    stage = await startStage({ THROTTLE_TTL_SECONDS: '60' });
  });
  const { ask, post } = adminApi(() => stage.gateway);

  it('makes no limit last longer', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'bedrock', fallback: 'rate_limited' });
    setBack();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    expect((await ask('/api/limits')).json.limits).toEqual([]);
  });

  it('does not change later limits', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }), rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    setBack();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'bedrock', fallback: 'rate_limited' });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({
      upstream: 'bedrock',
      fallback: 'limit_remembered',
    });
    const [limit] = (await ask('/api/limits')).json.limits;
    expect(limit).toMatchObject({ user });
    expect(limit.seconds_left).toBeLessThanOrEqual(60);
  });

  it('makes no drill last longer', async () => {
    const user = newUser();
    await post('/api/drills', { user, seconds: 60 });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ fallback: 'drill' });
    setBack();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    expect((await ask('/api/drills')).json.drills).toEqual([]);
  });

  it('does not extend throttling', async () => {
    await stage.restart({ THROTTLE_LIMIT: '1', THROTTLE_TTL_SECONDS: '60' });
    expect((await postMessage(stage.gateway)).status).toBe(200);
    setBack();
    const { status, headers } = await postMessage(stage.gateway);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it(
    'gives every exchange a unique id that finds it',
    async () => {
      const before = await postMessage(stage.gateway);
      setBack();
      const after = await postMessage(stage.gateway);
      expect(await healthOf(stage.gateway)).toMatchObject({ codes: [200, 200], status: 'ready' });
      for (const { headers } of [before, after]) {
        const id = headers.get('x-claude-proxy-exchange')!;
        const { json } = await eventually(
          () => ask(`/api/requests/${id}`),
          ({ status }) => status === 200,
        );
        expect(json).toMatchObject({ id });
      }
    },
    TIMEOUT_MS,
  );
});

// Recording needs transactions.
const describeOnDynamo = hasDynoxide() ? describe : describe.skip;

describeOnDynamo('a clock that is set back by hours while the store is unreachable', () => {
  let engine: DynamoEngine;
  let line: FaultyLine;
  let store: DynamoTableStore;
  beforeEach(async () => {
    engine = await startDynamoEngine();
    store = DynamoTableStore.connect({
      region: 'us-east-1',
      endpoint: engine.endpoint,
      credentials: ENGINE_CREDENTIALS,
    });
    await store.createTables(TABLES);
    line = await startFaultyLine(engine.endpoint);
    stage = await startStage({ STATE_STORE: 'dynamodb', AWS_ENDPOINT_URL_DYNAMODB: line.url });
    stage.anthropic.setDefault(answer({ usage: { input_tokens: 10, output_tokens: 5 } }));
  });
  afterEach(async () => {
    await store.close();
    await line.close();
    await engine.close();
  });

  it(
    'does not delay pending writes',
    async () => {
      const user = newUser();
      line.state = 'down';
      for (let times = 0; times < 3; times += 1) expect((await postMessage(stage.gateway, { user })).status).toBe(200);
      await writingHasFailed(stage.gateway);
      setBack();
      line.state = 'well';
      expect((await postMessage(stage.gateway, { user })).status).toBe(200);
      const waiting = await eventually(
        () => figureOf(stage.gateway, 'store_queue_exchanges'),
        (queue) => queue === 0,
      );
      expect(waiting).toBe(0);
      expect(await healthOf(stage.gateway)).toMatchObject({ codes: [200, 200], status: 'ready', store: 'ok' });
      setBackMs = 0;
      expect((await usageOf(stage.gateway, user)).total_requests).toBe(4);
      expect(await linesOf(stage.gateway, user)).toHaveLength(4);
    },
    TIMEOUT_MS,
  );

  it(
    'does not stop the reading of limits',
    async () => {
      const user = newUser();
      line.state = 'down';
      expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic' });
      setBack();
      line.state = 'well';
      const nowSeconds = Math.floor(Date.now() / 1_000);
      await store.table(limitTable('claude-proxy-rate-limits')).put({
        user_id: user,
        retry_until: nowSeconds + 3_600,
        retry_after_seconds: 3_600,
        created_at: nowSeconds,
        ttl: nowSeconds + 7_200,
      });
      const answered = await eventually(
        () => postMessage(stage.gateway, { user }),
        ({ upstream }) => upstream === 'bedrock',
      );
      expect(answered).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'limit_remembered' });
    },
    TIMEOUT_MS,
  );
});
