/** Simulated tasks on one DynamoDB-compatible engine: counts the conflicts of their writes and checks the sums. */
import { spawn } from 'node:child_process';
import { startConflictLine } from '../support/conflict-line.ts';
import { runTasks } from '../support/simulated-tasks.ts';
import { ENGINE, untilReady } from './dynamo.mjs';
import { freePort } from './subject.mjs';

const dist = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const USAGE_CONFIG = { isTracking: true, usageTable: 'claude-proxy-usage' };
const LOG_CONFIG = { table: 'claude-proxy-requests', keepDays: 30 };

/** @returns conflicts per write, calls and sums */
export async function conflictsOfTasks({ tasks: count, seconds, exchangesPerSecond }) {
  return withTasks(count, async ({ modules, tasks, line, connect }) => {
    const exchanges = await runTasks(tasks, { seconds, exchangesPerSecond, exchangeOf: exchangeOf(modules) });
    const { writes, conflicts } = line;
    return { exchanges, writes, conflicts, counted: await countedIn(modules, connect()) };
  });
}

/**
 * Starts tasks on an engine of their own, behind a line that refuses what DynamoDB refuses.
 *
 * @param lineBefore starts a proxy in front of that line, if there is to be one
 */
export async function withTasks(count, play, lineBefore = (url) => ({ url, close() {} })) {
  const port = await freePort();
  const engine = spawn(ENGINE, ['serve', '--port', String(port)], { stdio: 'ignore' });
  await untilReady(port);
  const line = await startConflictLine(`http://127.0.0.1:${port}`);
  const front = await lineBefore(line.url);
  const stores = [];
  try {
    const modules = await modulesOf();
    const connect = () => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const options = { region: 'us-east-1', endpoint: front.url, credentials, requestTimeoutMs: 30_000 };
      const store = modules.DynamoTableStore.connect(options);
      stores.push(store);
      return store;
    };
    const tables = [modules.usageTable(USAGE_CONFIG.usageTable), modules.requestsTable(LOG_CONFIG.table)];
    await connect().createTables(tables);
    const tasks = Array.from({ length: count }, () => startTask(modules, connect()));
    return await play({ modules, tasks, line, front, connect });
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await front.close();
    await line.close();
    engine.kill('SIGKILL');
  }
}

/** All requests that the usage of today and yesterday counts. */
export async function countedIn({ UpstreamNames, UsageQuery, Zone }, store) {
  const days = [0, 1].map((back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10));
  const query = new UsageQuery(store, new UpstreamNames(), USAGE_CONFIG);
  const { summary } = await query.ofAll({ days, period: { period_days: 2 }, requestType: 'all', zone: Zone.utc });
  return summary.total_requests;
}

async function modulesOf() {
  await import('reflect-metadata');
  (await import('@nestjs/common')).Logger.overrideLogger(false);
  const paths = [
    'libs/storage/src/index',
    'apps/proxy/src/exchange/exchange',
    'apps/proxy/src/exchange/exchange-feed',
    'apps/proxy/src/exchange/upstream-names',
    'apps/proxy/src/recording/recorder',
    'apps/proxy/src/recording/zone',
    'apps/proxy/src/request-log/request-log.writer',
    'apps/proxy/src/request-log/requests.table',
    'apps/proxy/src/state/store-health',
    'apps/proxy/src/usage/usage.writer',
    'apps/proxy/src/usage/usage.query',
    'apps/proxy/src/usage/usage.table',
  ];
  return Object.assign({}, ...(await Promise.all(paths.map(dist))));
}

function startTask({ ExchangeFeed, StoreHealth, Recorder, UsageWriter, RequestLogWriter }, store) {
  const feed = new ExchangeFeed();
  const health = new StoreHealth();
  const recorder = new Recorder(store, feed, health);
  const writers = [new UsageWriter(recorder, health, USAGE_CONFIG), new RequestLogWriter(recorder, LOG_CONFIG)];
  for (const part of [recorder, ...writers]) part.onModuleInit();
  return { feed, recorder };
}

const exchangeOf =
  ({ Exchange }) =>
  (task, index) =>
    Object.assign(new Exchange(index % 2 === 0 ? 'shared' : `user-${task}`, 'messages', '/v1/messages'), {
      model: 'claude-opus-5-5',
      upstream: 'anthropic',
      status: 200,
      firstByteMs: 5,
      usage: { input_tokens: 10, output_tokens: 5 },
    });
