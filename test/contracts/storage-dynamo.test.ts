import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoTableStore } from '@claude-proxy/storage';
import { describeTable } from '@claude-proxy/storage/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type DynamoEngine,
  ENGINE_CREDENTIALS,
  hasDynoxide,
  startDynalite,
  startDynamoEngine,
} from '../support/dynamo-engine.js';

const REGION = 'eu-central-1';
/** Long, because a busy machine is slower than a real network and these tests do not check speed. */
const PATIENCE_MS = 50_000;
const COUNTERS = { name: 'claude-proxy-usage', partitionKey: 'user_period' };

function connect(endpoint: string, now?: () => number, requestTimeoutMs?: number): DynamoTableStore {
  return DynamoTableStore.connect({ region: REGION, endpoint, credentials: ENGINE_CREDENTIALS, now, requestTimeoutMs });
}

describe('DynamoDB', () => {
  let engine: DynamoEngine;
  beforeAll(async () => {
    engine = await startDynamoEngine();
  });
  afterAll(() => engine.close());
  describeTable('DynamoTableStore', (now) => connect(engine.endpoint, now, PATIENCE_MS), {
    transactions: hasDynoxide(),
  });
});

describe('dynalite', () => {
  let engine: DynamoEngine;
  beforeAll(async () => {
    engine = await startDynalite();
  });
  afterAll(() => engine.close());
  describeTable('DynamoTableStore without transactions', (now) => connect(engine.endpoint, now, PATIENCE_MS), {
    transactions: false,
  });
});

describe('DynamoTableStore over a faulty connection', () => {
  let server: Server;
  let calls = 0;

  /** Answers every request with the result of `answer`, or never. */
  const listen = async (answer: (call: number) => { status: number; body: string } | 'never' | 'cut' | 'half') => {
    calls = 0;
    server = createServer((request, response) => {
      request.resume();
      const given = answer(++calls);
      if (given === 'never') return;
      if (given === 'cut') return void request.socket.destroy();
      if (given === 'half') return void response.writeHead(200, { 'content-length': '100' }).write('{');
      response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.0' }).end(given.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined, 200);
  };

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const key = { user_period: 'zoe#2026-11-21' };
  const change = { add: { request_count: 1 } };
  const throttled = { status: 400, body: '{"__type":"com.amazon.coral.availability#ThrottlingException"}' };

  it.each(['never', 'half'] as const)('gives up on an engine that answers %s within its time limit', async (answer) => {
    const store = await listen(() => answer);
    const startedMs = performance.now();
    await expect(store.table(COUNTERS).get(key)).rejects.toMatchObject({ name: 'StorageError', kind: 'unreachable' });
    expect(performance.now() - startedMs).toBeLessThan(3000);
    expect(calls).toBe(3);
    await store.close();
  });

  it('sends an increment once, because it may have been counted before the answer was lost', async () => {
    const store = await listen(() => 'cut');
    await expect(store.table(COUNTERS).increment(key, change)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(calls).toBe(1);
    await store.close();
  });

  it('retries a throttled increment, because it was not counted', async () => {
    const store = await listen((call) => (call < 3 ? throttled : { status: 200, body: '{}' }));
    await store.table(COUNTERS).increment(key, change);
    expect(calls).toBe(3);
    await store.close();
  });

  it('retries a transaction after a lost answer with the same token', async () => {
    const store = await listen((call) => (call < 3 ? 'cut' : { status: 200, body: '{}' }));
    const tokens = new Set<unknown>();
    server.on('request', (request) => {
      request.on('data', (chunk: Buffer) => tokens.add(JSON.parse(chunk.toString()).ClientRequestToken));
    });
    await store.transact([{ kind: 'increment', table: COUNTERS, key, ...change }], 'flush-1');
    expect([calls, [...tokens]]).toEqual([3, ['flush-1']]);
    await store.close();
  });

  it('retries a transaction after a conflict', async () => {
    const body = JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: [{ Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }],
    });
    const store = await listen((call) => (call === 1 ? { status: 400, body } : { status: 200, body: '{}' }));
    await store.transact([{ kind: 'increment', table: COUNTERS, key, ...change }], 'flush-2');
    expect(calls).toBe(2);
    await store.close();
  });

  it.each([
    ['AccessDeniedException', 'denied'],
    ['ResourceNotFoundException', 'missing_table'],
    ['ValidationException', 'invalid'],
    ['ThrottlingException', 'throttled'],
    ['SomethingNewException', 'failed'],
  ])('reports %s as %s, and keeps the cause', async (type, kind) => {
    const store = await listen(() => ({ status: 400, body: JSON.stringify({ __type: type, message: 'why' }) }));
    await expect(store.check()).rejects.toMatchObject({ kind, cause: { name: type } });
    await store.close();
  });

  it('reports a closed port as unreachable', async () => {
    const gone = await listen(() => 'never');
    server.close();
    await expect(gone.check()).rejects.toMatchObject({ kind: 'unreachable' });
    await gone.close();
  });

  it('refuses calls after it was closed', async () => {
    const store = await listen(() => ({ status: 200, body: '{}' }));
    await store.close();
    await expect(store.table(COUNTERS).get(key)).rejects.toMatchObject({ kind: 'closed' });
  });
});
