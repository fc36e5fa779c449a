import { randomUUID } from 'node:crypto';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { answer } from '@claude-proxy/simulator';
import { DynamoTableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Exchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { type DynamoEngine, ENGINE_CREDENTIALS, startDynamoEngine } from '../support/dynamo-engine.js';
import { type FaultyLine, type LineState, startFaultyLine } from '../support/faulty-line.js';
import { postMessage } from '../support/post-message.js';
import { eventually, figureOf, healthOf, linesOf, TABLES, usageOf, writingHasFailed } from '../support/recorded.js';
import { type Pair, startPair } from '../support/start-pair.js';

const usage = { input_tokens: 10, output_tokens: 5 };
const EXCHANGES = 30;
const MAX_WAITING = 10_000;

let engine: DynamoEngine;
let line: FaultyLine;
let pair: Pair;

const createTables = async () => {
  const store = DynamoTableStore.connect({
    region: 'us-east-1',
    endpoint: engine.endpoint,
    credentials: ENGINE_CREDENTIALS,
  });
  await store.createTables(TABLES);
  await store.close();
};
const dropTables = async () => {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: engine.endpoint,
    credentials: ENGINE_CREDENTIALS,
  });
  for (const { name } of TABLES) await client.send(new DeleteTableCommand({ TableName: name }));
  client.destroy();
};
/** Like a real exchange, without the time for a request. */
const exchangeOf = (user: string) =>
  Object.assign(new Exchange(user, 'messages', '/v1/messages'), {
    model: 'claude-opus-5-5',
    upstream: 'anthropic',
    status: 200,
    usage,
  });
const post = (user: string) => postMessage(pair.gateway, { user, isStream: true });
const postMany = (user: string) => Promise.all(Array.from({ length: EXCHANGES }, () => post(user)));
const expectReady = async () => {
  const health = await eventually(
    () => healthOf(pair.gateway),
    ({ status }) => status === 'ready',
  );
  expect(health).toMatchObject({ codes: [200, 200], store: 'ok' });
};
const expectWritten = async (user: string, requests: number) => {
  expect(
    await eventually(
      () => figureOf(pair.gateway, 'store_queue_exchanges'),
      (queue) => queue === 0,
    ),
  ).toBe(0);
  expect(await usageOf(pair.gateway, user)).toMatchObject({
    total_requests: requests,
    total_input_tokens: 10 * requests,
    total_output_tokens: 5 * requests,
  });
  expect(await linesOf(pair.gateway, user)).toHaveLength(requests);
  expect(await figureOf(pair.gateway, 'store_lost_exchanges')).toBe(0);
  await expectReady();
};

beforeAll(async () => {
  engine = await startDynamoEngine();
  await createTables();
});
beforeEach(async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
  });
  line = await startFaultyLine(engine.endpoint);
  pair = await startPair({ STATE_STORE: 'dynamodb', AWS_ENDPOINT_URL_DYNAMODB: line.url });
  pair.anthropic.setDefault(answer({ usage }));
});
afterEach(async () => {
  line.state = 'well';
  await pair.close();
  await line.close();
});
afterAll(() => engine.close());

describe('a DynamoDB that', () => {
  it.each<[string, LineState, RegExp]>([
    ['is down', 'down', /^unreachable$/],
    ['hangs', 'hangs', /^(no answer|unreachable)$/],
    ['throttles', 'throttles', /^(throttled|no answer)$/],
    ['executes calls and never confirms them', 'forgets', /^unreachable$/],
  ])(
    '%s delays no request, is reported, and has everything once after its recovery',
    async (_name, state, storeState) => {
      const user = `user-${randomUUID()}`;
      expect((await post(user)).status).toBe(200);
      line.state = state;
      const answers = await postMany(user);
      expect(answers.map(({ status }) => status)).toEqual(Array(EXCHANGES).fill(200));
      expect(answers.every(({ text }) => text.includes('event: message_stop'))).toBe(true);
      await writingHasFailed(pair.gateway);
      const health = await eventually(
        () => healthOf(pair.gateway),
        ({ status }) => status === 'degraded',
      );
      expect(health).toMatchObject({ codes: [200, 200], status: 'degraded', store: expect.stringMatching(storeState) });
      expect(await figureOf(pair.gateway, 'store_queue_exchanges')).toBeGreaterThanOrEqual(EXCHANGES);
      line.state = 'well';
      await expectWritten(user, EXCHANGES + 1);
    },
    120_000,
  );

  it('is unreachable for long loses the exchanges beyond 10,000 and bounds memory: the oldest are kept', async () => {
    line.state = 'down';
    const feed = pair.gateway.app.get(ExchangeFeed);
    for (let times = 0; times < MAX_WAITING; times += 1) feed.finish(exchangeOf('early'));
    const answers = await postMany('late');
    expect(answers.map(({ status }) => status)).toEqual(Array(EXCHANGES).fill(200));
    expect(await figureOf(pair.gateway, 'store_queue_exchanges')).toBe(MAX_WAITING);
    expect(await figureOf(pair.gateway, 'store_lost_exchanges')).toBe(EXCHANGES);
    line.state = 'well';
    await eventually(
      () => figureOf(pair.gateway, 'store_queue_exchanges'),
      (queue) => queue === 0,
    );
    expect((await usageOf(pair.gateway, 'early')).total_requests).toBe(MAX_WAITING);
    expect((await usageOf(pair.gateway, 'late')).total_requests).toBe(0);
  }, 120_000);

  it('hangs does not delay the answer', async () => {
    line.state = 'hangs';
    expect((await post('held')).status).toBe(200);
    expect(line.pending).toBeGreaterThan(0);
    line.state = 'well';
    await expectWritten('held', 1);
  }, 120_000);

  it('is slow is not reported as degraded', async () => {
    line.state = 'slow';
    const answers = await postMany('slow');
    expect(answers.map(({ status }) => status)).toEqual(Array(EXCHANGES).fill(200));
    await eventually(
      () => figureOf(pair.gateway, 'store_queue_exchanges'),
      (queue) => queue === 0,
    );
    await expectReady();
    line.state = 'well';
    await expectWritten('slow', EXCHANGES);
  }, 120_000);

  it('loses its tables reports that, and has everything once after they are created again', async () => {
    expect((await post('before')).status).toBe(200);
    await expectWritten('before', 1);
    await dropTables();
    const answers = await postMany('dropped');
    expect(answers.map(({ status }) => status)).toEqual(Array(EXCHANGES).fill(200));
    expect(
      await eventually(
        () => healthOf(pair.gateway),
        ({ status }) => status === 'degraded',
      ),
    ).toMatchObject({
      codes: [200, 200],
      store: 'missing_table',
    });
    expect(await figureOf(pair.gateway, 'store_queue_exchanges')).toBe(EXCHANGES);
    await createTables();
    await expectWritten('dropped', EXCHANGES);
  }, 120_000);
});
