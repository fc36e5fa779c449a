import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnthropicSimulator, rateLimited, startAnthropicSimulator } from '@claude-proxy/simulator';
import { DynamoTableStore, StorageError, type Table } from '@claude-proxy/storage';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { StoreHealth } from '../../apps/proxy/src/state/store-health.js';
import { type DynamoEngine, ENGINE_CREDENTIALS, startDynamoEngine } from '../support/dynamo-engine.js';
import { postMessage } from '../support/post-message.js';
import { figureOf, healthOf, TABLES } from '../support/recorded.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const CREDENTIALS = 50;

let anthropic: AnthropicSimulator;
let engine: DynamoEngine;
let directory: string;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  anthropic.setDefault(rateLimited({ retryAfterSeconds: 600 }));
  engine = await startDynamoEngine();
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-limits-'));
  const store = DynamoTableStore.connect({
    region: 'us-east-1',
    endpoint: engine.endpoint,
    credentials: ENGINE_CREDENTIALS,
  });
  await store.createTables(TABLES);
  await store.close();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
  });
});
afterAll(async () => {
  await anthropic.close();
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

const start = (environment: Record<string, string>) =>
  startGateway({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    FALLBACK_CHAIN: 'anthropic',
    MAX_RETRY_WAIT_SECONDS: '0',
    ...environment,
  });
const limitedAt = (gateway: RunningGateway, name: string) =>
  Promise.all(
    Array.from({ length: CREDENTIALS }, (_, key) =>
      postMessage(gateway, { user: 'team', apiKey: `sk-${name}-${key}` }),
    ),
  );

describe.each([
  ['SQLite', () => ({ DATA_DIR: directory })],
  ['DynamoDB', () => ({ STATE_STORE: 'dynamodb', AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint })],
])('limits of many credentials of one user, on %s', (_engine, environment) => {
  it('are all stored if they begin at once in two gateways, and no failure of the store is counted', async () => {
    const gateways = await Promise.all([start(environment()), start(environment())]);
    const answers = await Promise.all(gateways.map((gateway, task) => limitedAt(gateway, `task${task}`)));
    expect(answers.flat().map(({ status }) => status)).toEqual(Array(2 * CREDENTIALS).fill(429));
    await Promise.all(gateways.map(({ app }) => app.get(LimitStore).settled()));
    const item = await gateways[0]!.app.get(LimitStore).itemOf('team');
    expect(Object.keys(item!.scopes!)).toHaveLength(2 * CREDENTIALS);
    for (const gateway of gateways) {
      expect(await healthOf(gateway)).toMatchObject({ store: 'ok', codes: [200, 200] });
      expect(await figureOf(gateway, 'store_failures')).toBe(0);
      await gateway.close();
    }
  });
});

describe('an item of limits that the store rejects permanently', () => {
  it('affects only its user: it is counted, and limits of other users are still read and written', async () => {
    const gateway = await start({});
    const limits = gateway.app.get(LimitStore);
    const refusesBob = (table: Table) => {
      const put = table.put.bind(table);
      table.put = async (item, condition) => {
        if (item.user_id === 'bob') throw new StorageError('invalid', 'an item is larger than 409600 bytes');
        await put(item, condition);
      };
    };
    refusesBob(limits.table);
    await postMessage(gateway, { user: 'bob' });
    await limits.settled();
    await postMessage(gateway, { user: 'carol' });
    await limits.settled();
    expect(await limits.itemOf('carol')).toBeDefined();
    const { refusedItems, failures } = gateway.app.get(StoreHealth);
    expect({ refusedItems, failures }).toEqual({ refusedItems: 1, failures: 0 });
    await gateway.close();
  });

  it.each([
    ['endless', Number.POSITIVE_INFINITY],
    ['far too long', 1e300],
    ['not a number', Number.NaN],
    ['negative', -5],
  ])('is not created for a window that is %s', async (_what, seconds) => {
    const gateway = await start({});
    const limits = gateway.app.get(LimitStore);
    limits.close('dave', { scope: 'f/opus', seconds, reason: `\ud800${'r'.repeat(10_000)}` });
    limits.close('dave', { scope: 'f/sonnet', seconds: 60, reason: 'requests' });
    limits.close('dave', { scope: `f/${'x'.repeat(1_000_000)}`, seconds: 60, reason: 'requests' });
    await limits.settled();
    expect(Object.keys((await limits.itemOf('dave'))!.scopes!)).toContain('f/sonnet');
    const { refusedItems, failures } = gateway.app.get(StoreHealth);
    expect({ refusedItems, failures }).toEqual({ refusedItems: 0, failures: 0 });
    await gateway.close();
  });
});
