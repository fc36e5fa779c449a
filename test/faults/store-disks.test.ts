import { appendFileSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type AnthropicSimulator, answer, startAnthropicSimulator } from '@claude-proxy/simulator';
import { SqliteTableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { canFreeze, canMount, freeze, mountSmallDisk, type SmallDisk, thaw } from '../support/disks.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { eventually, figureOf, healthOf, linesOf, TABLES, usageOf } from '../support/recorded.js';

const DATABASE = 'claude-proxy.db';
const PAGE_BYTES = 4_096;
const EXCHANGES = 30;
const TIMEOUT_MS = 120_000;

/** Damages the file of a running gateway, and returns a function that undoes it. */
type Fault = (path: string) => () => void | Promise<void>;

let anthropic: AnthropicSimulator;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  anthropic.setDefault(answer({ usage: { input_tokens: 10, output_tokens: 5 } }));
});
afterAll(() => anthropic.close());

let gateway: BuiltGateway | undefined;
let disk: SmallDisk | undefined;
let directory: string | undefined;
let undo: ReturnType<Fault> | undefined;
afterEach(async () => {
  await undo?.();
  await gateway?.stop();
  disk?.remove();
  if (directory) await rm(directory, { recursive: true, force: true });
  [gateway, disk, directory, undo] = [undefined, undefined, undefined, undefined];
});

const environmentIn = (dataDirectory: string) => ({
  ANTHROPIC_UPSTREAM_URL: anthropic.url,
  DATA_DIR: dataDirectory,
  THROTTLE_LIMIT: '0',
});
const newDirectory = async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-store-'));
  return directory;
};
const post = async ({ url }: BuiltGateway) => {
  const answered = await postJson(`${url}/user/alice/v1/messages`, { ...MESSAGE, stream: true });
  return { status: answered.status, text: await answered.text() };
};
const expectAnswers = async (running: BuiltGateway, times: number) => {
  const answers = await Promise.all(Array.from({ length: times }, () => post(running)));
  expect(answers.map(({ status }) => status)).toEqual(Array(times).fill(200));
  expect(answers.every(({ text }) => text.includes('event: message_stop'))).toBe(true);
};
const expectWritten = async (running: BuiltGateway, requests: number) => {
  await eventually(
    () => figureOf(running, 'store_queue_exchanges'),
    (queue) => queue === 0,
  );
  expect(await healthOf(running)).toMatchObject({ codes: [200, 200], status: 'ready', store: 'ok' });
  expect(await usageOf(running, 'alice')).toMatchObject({
    total_requests: requests,
    total_input_tokens: 10 * requests,
    total_output_tokens: 5 * requests,
  });
  expect(await linesOf(running, 'alice')).toHaveLength(requests);
  expect(await figureOf(running, 'store_lost_exchanges')).toBe(0);
};
/** Checks one fault. `kept` is the number of the five earlier exchanges that survive it. */
const expectRecovery = async (dataDirectory: string, fault: Fault, storeState: string, kept: number) => {
  gateway = await BuiltGateway.started(environmentIn(dataDirectory));
  await expectAnswers(gateway, 5);
  await expectWritten(gateway, 5);
  undo = fault(join(dataDirectory, DATABASE));
  await expectAnswers(gateway, EXCHANGES);
  const health = await eventually(
    () => healthOf(gateway!),
    ({ status }) => status === 'degraded',
  );
  expect(health).toMatchObject({ codes: [200, 200], status: 'degraded', store: storeState });
  expect(await figureOf(gateway, 'store_queue_exchanges')).toBe(EXCHANGES);
  await expectAnswers(gateway, 1);
  await undo();
  undo = undefined;
  await expectWritten(gateway, kept + EXCHANGES + 1);
};

const fill: Fault = (path) => {
  const ballast = join(path, '..', 'ballast');
  const page = Buffer.alloc(PAGE_BYTES);
  expect(() => {
    for (;;) appendFileSync(ballast, page);
  }).toThrow('ENOSPC');
  return () => rmSync(ballast);
};

/** Does not include the shared memory file: a page of it without write permission would end the process. */
const makeReadOnly: Fault = (path) => {
  const frozen = [path, `${path}-wal`];
  frozen.forEach(freeze);
  return () => frozen.forEach(thaw);
};

const lock: Fault = (path) => {
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
};

const dropTables: Fault = (path) => {
  const other = new DatabaseSync(path);
  other.exec('DROP TABLE "claude-proxy-usage"; DROP TABLE "claude-proxy-requests"');
  other.close();
  return async () => {
    const store = SqliteTableStore.open({ directory: join(path, '..') });
    await store.createTables(TABLES);
    await store.close();
  };
};

/** Overwrites all pages except the first. A commit by another process makes the gateway read them again. */
const damage: Fault = (path) => {
  const other = new DatabaseSync(path);
  other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(path).subarray(PAGE_BYTES);
  overwrite(path, Buffer.alloc(bytes.length, 0x55));
  other.exec('PRAGMA user_version = 1');
  return () => {
    overwrite(path, bytes);
    other.exec('PRAGMA user_version = 2');
    other.close();
  };
};

function overwrite(path: string, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, PAGE_BYTES);
  closeSync(file);
}

describe('requests are answered, the health page reports the fault, and everything is written once afterwards, if', () => {
  const onMounted = canMount ? it : it.skip;
  const onFrozen = canFreeze ? it : it.skip;

  onMounted(
    'the disk is full',
    async () => {
      disk = mountSmallDisk(8);
      await expectRecovery(disk.directory, fill, 'full', 5);
    },
    TIMEOUT_MS,
  );

  onFrozen(
    'the file has become read-only',
    async () => {
      await expectRecovery(await newDirectory(), makeReadOnly, 'failed', 5);
    },
    TIMEOUT_MS,
  );

  it.each<[string, Fault, string, number]>([
    ['another process keeps the file locked', lock, 'throttled', 5],
    ['another process has dropped its tables', dropTables, 'missing_table', 0],
    ['the file is corrupt', damage, 'corrupt', 5],
  ])(
    '%s',
    async (_name, fault, storeState, kept) => {
      await expectRecovery(await newDirectory(), fault, storeState, kept);
    },
    TIMEOUT_MS,
  );
});

describe('a disk that is read-only', () => {
  const onMounted = canMount ? it : it.skip;

  onMounted.each([
    ['empty', false],
    ['with a store of an earlier start', true],
  ])(
    'ends the start with one line and exit code 1: %s',
    async (_name, isUsed) => {
      disk = mountSmallDisk(8);
      if (isUsed) {
        const earlier = await BuiltGateway.started(environmentIn(disk.directory));
        await expectAnswers(earlier, 1);
        earlier.signal('SIGTERM');
        expect((await earlier.ended).code).toBe(0);
      }
      disk.makeReadOnly();
      const { code, stderr } = await (await BuiltGateway.spawn(environmentIn(disk.directory))).ended;
      expect(code).toBe(1);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(disk.directory);
    },
    TIMEOUT_MS,
  );
});
