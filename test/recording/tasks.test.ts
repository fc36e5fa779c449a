import { ClaudeModels } from '@claude-proxy/claude-models';
import { DynamoTableStore, type Write } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfig } from '../../apps/proxy/src/config/read-config.js';
import { Exchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { UpstreamNames } from '../../apps/proxy/src/exchange/upstream-names.js';
import { Recorder } from '../../apps/proxy/src/recording/recorder.js';
import { Zone } from '../../apps/proxy/src/recording/zone.js';
import { AnalyticsQuery } from '../../apps/proxy/src/request-log/analytics.query.js';
import { figuresQuestionOf } from '../../apps/proxy/src/request-log/figures-question.js';
import { RequestLogQuery } from '../../apps/proxy/src/request-log/request-log.query.js';
import { RequestLogWriter } from '../../apps/proxy/src/request-log/request-log.writer.js';
import { type StateConfig, stateSection } from '../../apps/proxy/src/state/state.config.js';
import { StoreHealth } from '../../apps/proxy/src/state/store-health.js';
import { TaskRegister } from '../../apps/proxy/src/state/task.register.js';
import { UsageQuery } from '../../apps/proxy/src/usage/usage.query.js';
import { UsageWriter } from '../../apps/proxy/src/usage/usage.writer.js';
import { type ConflictLine, startConflictLine } from '../support/conflict-line.js';
import { type DynamoEngine, ENGINE_CREDENTIALS, hasDynoxide, startDynamoEngine } from '../support/dynamo-engine.js';
import { TABLES } from '../support/recorded.js';
import { runTasks } from '../support/simulated-tasks.js';

const TASKS = 24;
const USAGE_CONFIG = { isTracking: true, usageTable: 'claude-proxy-usage' };
const LOG_CONFIG = { table: 'claude-proxy-requests', keepDays: 30 };

let engine: DynamoEngine;
let line: ConflictLine;
let stores: DynamoTableStore[];
const connect = () => {
  const store = DynamoTableStore.connect({
    region: 'us-east-1',
    endpoint: line.url,
    credentials: ENGINE_CREDENTIALS,
    requestTimeoutMs: 30_000,
  });
  stores.push(store);
  return store;
};
beforeAll(async () => {
  Logger.overrideLogger(false);
  engine = await startDynamoEngine();
});
beforeEach(async () => {
  line = await startConflictLine(engine.endpoint);
  stores = [];
  await connect().createTables(TABLES);
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await line.close();
});
afterAll(() => engine.close());

/** The parts of one task that record exchanges. */
function startTask() {
  const [store, feed, health] = [connect(), new ExchangeFeed(), new StoreHealth()];
  const recorder = new Recorder(store, feed, health);
  const writers = [new UsageWriter(recorder, health, USAGE_CONFIG), new RequestLogWriter(recorder, LOG_CONFIG)];
  for (const part of [recorder, ...writers]) part.onModuleInit();
  return { feed, health, recorder };
}

const exchangeOf = (task: number, index: number) =>
  Object.assign(new Exchange(index % 2 === 0 ? 'shared' : `user-${task}`, 'messages', '/v1/messages'), {
    model: 'claude-opus-5-5',
    upstream: 'anthropic',
    status: 200,
    firstByteMs: 5,
    costNanoUsd: 3,
    usage: { input_tokens: 10, output_tokens: 5 },
  });

describe('24 tasks that increment the same items', () => {
  it('have fewer than 2 % conflicts and no failure, and every sum is exact', async () => {
    const tasks = Array.from({ length: TASKS }, startTask);
    const count = await runTasks(tasks, { seconds: 3, exchangesPerSecond: 4, exchangeOf });
    const { writes, conflicts } = line;
    expect(writes).toBeGreaterThan(TASKS);
    expect(conflicts / writes).toBeLessThan(0.02);
    for (const { health } of tasks) expect([health.failures, health.conflicts, health.refusedItems]).toEqual([0, 0, 0]);

    const days = [0, 1].map((back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10));
    const usage = new UsageQuery(connect(), new UpstreamNames(), USAGE_CONFIG);
    const question = { days, period: { period_days: 2 }, requestType: 'all', zone: Zone.utc } as const;
    expect((await usage.ofAll(question)).summary).toMatchObject({
      total_users: TASKS + 1,
      total_requests: count,
      total_input_tokens: 10 * count,
    });
    expect((await usage.ofUser('shared', question)).summary.total_requests).toBe(count / 2);
    const register = new TaskRegister(
      connect(),
      new ExchangeFeed(),
      readConfig({}, [stateSection]).state as StateConfig,
    );
    const log = new RequestLogQuery(
      connect(),
      new Recorder(connect(), new ExchangeFeed(), new StoreHealth()),
      LOG_CONFIG,
    );
    const analytics = new AnalyticsQuery(connect(), register, LOG_CONFIG, new ClaudeModels(), log);
    const { totals } = await analytics.of(figuresQuestionOf({}, [], Date.now()));
    expect(totals).toMatchObject({ requests: count, input_tokens: 10 * count, output_tokens: 5 * count });
  }, 120_000);

  const onDynamo = hasDynoxide() ? it : it.skip;
  onDynamo('would conflict on this engine with transactions', async () => {
    const key = { user_period: 'shared' };
    const counting: Write = { kind: 'increment', table: TABLES[1]!, key, add: { request_count: 1 } };
    const racers = Array.from({ length: 8 }, (_, task) => connect().transact([counting], `task-${task}`));
    await Promise.allSettled(racers);
    expect(line.conflicts).toBeGreaterThan(0);
  });
});
