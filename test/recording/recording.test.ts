import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestPage, UsageOfUser } from '@claude-proxy/admin-api';
import { type AnthropicSimulator, answer, startAnthropicSimulator } from '@claude-proxy/simulator';
import { DynamoTableStore, type IndependentWrite, StorageError, TableStore } from '@claude-proxy/storage';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { limitTable } from '../../apps/proxy/src/fallback/limit.table.js';
import { Recorder } from '../../apps/proxy/src/recording/recorder.js';
import { requestsTable } from '../../apps/proxy/src/request-log/requests.table.js';
import { StoreHealth } from '../../apps/proxy/src/state/store-health.js';
import { usageTable } from '../../apps/proxy/src/usage/usage.table.js';
import { BuiltGateway } from '../support/built-gateway.js';
import { ENGINE_CREDENTIALS, startDynamoEngine } from '../support/dynamo-engine.js';
import { postMessage } from '../support/post-message.js';
import { startGateway } from '../support/start-gateway.js';

const usage = { input_tokens: 10, output_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 3 };
const TABLES = [
  limitTable('claude-proxy-rate-limits'),
  usageTable('claude-proxy-usage'),
  requestsTable('claude-proxy-requests'),
];

let anthropic: AnthropicSimulator;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  anthropic.setDefault(answer({ usage }));
});
afterAll(() => anthropic.close());

interface Reachable {
  readonly url: string;
}
const post = ({ url }: Reachable, user: string) => postMessage({ url } as Parameters<typeof postMessage>[0], { user });
const usageOf = async ({ url }: Reachable, user: string) =>
  ((await (await fetch(`${url}/v1/usage/me?claude-code-user=${user}`)).json()) as UsageOfUser).summary;
const linesOf = async ({ url }: Reachable, user: string) =>
  ((await (await fetch(`${url}/api/requests?user=${user}&limit=500`)).json()) as RequestPage).requests;

/** Polls until the value holds, because writes of another process cannot be awaited. */
async function eventually<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (let tries = 0; tries < 120; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await sleep(100);
  }
  return read();
}

describe('what is recorded', () => {
  it('is exact for 200 parallel exchanges over two processes on one DynamoDB', async () => {
    const engine = await startDynamoEngine();
    const store = DynamoTableStore.connect({
      region: 'us-east-1',
      endpoint: engine.endpoint,
      credentials: ENGINE_CREDENTIALS,
    });
    await store.createTables(TABLES);
    await store.close();
    const environment = {
      ANTHROPIC_UPSTREAM_URL: anthropic.url,
      STATE_STORE: 'dynamodb',
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
    };
    const gateways = await Promise.all([BuiltGateway.started(environment), BuiltGateway.started(environment)]);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => post(gateways[index % 2]!, `user-${index % 3}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
    const sum = async () => {
      const all = await Promise.all([0, 1, 2].map((user) => usageOf(gateways[0]!, `user-${user}`)));
      return all.reduce((total, { total_requests }) => total + total_requests, 0);
    };
    expect(await eventually(sum, (total) => total >= 200)).toBe(200);
    for (const [user, requests] of [
      ['user-0', 67],
      ['user-1', 67],
      ['user-2', 66],
    ] as const) {
      expect(await usageOf(gateways[1]!, user)).toMatchObject({
        total_requests: requests,
        total_input_tokens: 10 * requests,
        total_output_tokens: 5 * requests,
        total_cache_creation_input_tokens: 2 * requests,
        total_cache_read_input_tokens: 3 * requests,
      });
      expect(await linesOf(gateways[0]!, user)).toHaveLength(requests);
    }
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await engine.close();
  });

  it('survives SIGKILL except for the last second, and the store opens again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-kill-'));
    const environment = { ANTHROPIC_UPSTREAM_URL: anthropic.url, DATA_DIR: directory };
    const first = await BuiltGateway.started(environment);
    for (let index = 0; index < 10; index += 1) await post(first, 'killed');
    expect(
      (
        await eventually(
          () => usageOf(first, 'killed'),
          (sum) => sum.total_requests === 10,
        )
      ).total_requests,
    ).toBe(10);
    await Promise.all([post(first, 'killed'), post(first, 'killed')]);
    await first.stop();
    const second = await BuiltGateway.started(environment);
    const { total_requests } = await usageOf(second, 'killed');
    expect(total_requests).toBeGreaterThanOrEqual(10);
    expect(await linesOf(second, 'killed')).toHaveLength(total_requests);
    await second.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is flushed at SIGTERM', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-term-'));
    const environment = { ANTHROPIC_UPSTREAM_URL: anthropic.url, DATA_DIR: directory };
    const first = await BuiltGateway.started(environment);
    await Promise.all([post(first, 'stopped'), post(first, 'stopped'), post(first, 'stopped')]);
    first.signal('SIGTERM');
    expect((await first.ended).code).toBe(0);
    const second = await BuiltGateway.started(environment);
    expect((await usageOf(second, 'stopped')).total_requests).toBe(3);
    await second.stop();
    await rm(directory, { recursive: true, force: true });
  });
});

describe('an unreachable store', () => {
  it('delays writes, and has everything once after its recovery', async () => {
    const gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' });
    const store = gateway.app.get(TableStore);
    const recorder = gateway.app.get(Recorder);
    let outages = 3;
    const writeEach = store.writeEach.bind(store);
    store.writeEach = async (writes, step) => {
      outages -= 1;
      // The write succeeded and its confirmation was lost: the hardest case.
      if (outages === 0) await writeEach(writes, step);
      if (outages >= 0) throw new StorageError('unreachable', 'gone');
      return writeEach(writes, step);
    };
    const answers = await Promise.all(Array.from({ length: 60 }, () => post(gateway, 'patient')));
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
    await eventually(
      async () => {
        await recorder.flush();
        return recorder.waitingExchanges;
      },
      (waiting) => waiting === 0,
    );
    expect((await usageOf(gateway, 'patient')).total_requests).toBe(60);
    expect(await linesOf(gateway, 'patient')).toHaveLength(60);
    expect(recorder.lostExchanges).toBe(0);
    await gateway.close();
  }, 120_000);
});

/** Usage that stores reject or that would falsify sums. */
const ODD_USAGE: readonly (readonly [string, Record<string, unknown>])[] = [
  ['a figure of 301 digits', { ...usage, input_tokens: 1e300, cache_read_input_tokens: 1e300 }],
  ['figures whose sum is not exact', { ...usage, input_tokens: 2 ** 53 - 1, output_tokens: 2 ** 53 - 1 }],
  ['negative figures', { ...usage, input_tokens: -5, output_tokens: -1e300 }],
  ['fractions', { ...usage, input_tokens: 0.5 }],
  ['text where numbers belong', { ...usage, input_tokens: '10', output_tokens: {}, cache_read_input_tokens: [] }],
  ['40 levels', { ...usage, more: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) }],
  ['500 KB of text', { ...usage, more: 'x'.repeat(500_000) }],
  [
    'names that are empty or odd',
    JSON.parse('{"input_tokens":1,"":1,"__proto__":1,"constructor":{"name":"Set"},"#":1}'),
  ],
  ['half a character, and a NUL', { ...usage, more: '\ud800 \u0000', '\udfff': 1 }],
  ['a place that is a method of objects', { ...usage, inference_geo: 'toString', speed: 'constructor' }],
];

describe('an answer whose usage has', () => {
  it.each(ODD_USAGE)('%s is listed, and other answers are counted exactly', async (_what, odd) => {
    const gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' });
    for (const each of [usage, odd, usage]) {
      for (const isStream of [false, true]) {
        anthropic.script(answer({ usage: each }));
        expect((await postMessage(gateway, { user: 'odd', isStream })).status).toBe(200);
        expect((await post(gateway, 'neighbor')).status).toBe(200);
      }
    }
    expect(await linesOf(gateway, 'odd')).toHaveLength(6);
    expect(await usageOf(gateway, 'neighbor')).toMatchObject({ total_requests: 6, total_input_tokens: 60 });
    const sums = await usageOf(gateway, 'odd');
    expect(sums).toMatchObject({ total_requests: 6 });
    expect(sums.total_input_tokens).toBeGreaterThanOrEqual(40);
    for (const sum of Object.values(sums)) expect(Math.abs(sum ?? 0)).toBeLessThan(1e6);
    const health = gateway.app.get(StoreHealth);
    expect([health.refusedItems, health.failures]).toEqual([0, 0]);
    await gateway.close();
  });
});

describe('a write that the store refuses for good', () => {
  const BAD = 'bad-user';
  const isBad = (write: IndependentWrite) => write.kind === 'put' && write.item.user === BAD;

  it.each([
    ['with the round it is in', new StorageError('invalid', 'a secret text')],
    ['by a fault of ours', new TypeError('a secret text')],
  ])('is dropped alone if it is refused %s: lines, sums and the mark of the hour are kept', async (_how, error) => {
    const gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' });
    const store = gateway.app.get(TableStore);
    const logged: string[] = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line: string) => void logged.push(line));
    const writeEach = store.writeEach.bind(store);
    store.writeEach = async (writes, step) => {
      if (writes.some(isBad)) throw error;
      return writeEach(writes, step);
    };
    for (const user of [BAD, 'good', 'good', BAD, 'good']) await post(gateway, user);
    expect(await linesOf(gateway, 'good')).toHaveLength(3);
    expect(await linesOf(gateway, BAD)).toHaveLength(0);
    expect((await usageOf(gateway, 'good')).total_requests).toBe(3);
    expect((await usageOf(gateway, BAD)).total_requests).toBe(2);
    const health = gateway.app.get(StoreHealth);
    expect([health.refusedItems, health.failures]).toEqual([2, 0]);
    expect(gateway.app.get(Recorder).waitingExchanges).toBe(0);
    const complaints = logged.filter((line) => line.includes('cannot be stored'));
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/put of claude-proxy-requests/);
    expect(complaints[0]).not.toContain('secret');
    jest.restoreAllMocks();
    await gateway.close();
  });
});
