import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';

const BLOCKING = fileURLToPath(new URL('../support/blocking-upstream.mjs', import.meta.url));
const FOR_GOOD_MS = 3_600_000;

let gateway: BuiltGateway;
afterEach(() => gateway.stop());

const start = async (environment: Record<string, string> = {}) => {
  gateway = await BuiltGateway.started({
    UPSTREAM_MODULES: BLOCKING,
    FALLBACK_CHAIN: 'blocking',
    WATCHDOG_SECONDS: '1',
    ...environment,
  });
};
const postBlocking = (milliseconds: number) =>
  postJson(`${gateway.url}/user/alice/v1/messages?key=sk-ant-api03-in-query`, {
    ...MESSAGE,
    model: `block-${milliseconds}`,
  });
const isAlive = async () => (await fetch(`${gateway.url}/health`)).status === 200;

describe('a process whose event loop is blocked', () => {
  it('ends with a line that names the last request, without its content', async () => {
    await start();
    const posted = postBlocking(FOR_GOOD_MS).catch(String);
    const { code, stderr } = await gateway.ended;
    expect(await posted).toMatch(/fetch failed/);
    // Killed by a signal.
    expect(code).toBeNull();
    expect(JSON.parse(stderr)).toEqual({
      level: 'fatal',
      time: expect.any(String),
      room: 'Watchdog',
      msg: expect.stringMatching(
        /^❌ the event loop has stood still for 1 s \(WATCHDOG_SECONDS\), so the process ends; the last request was exc_\w{24} \(messages, \d+ bytes\)$/,
      ),
    });
    expect(stderr).not.toMatch(/sk-ant|alice|block-/);
  });

  it('continues if the block ends in time', async () => {
    await start({ WATCHDOG_SECONDS: '3' });
    expect((await postBlocking(1_000)).status).toBe(200);
    expect((await postBlocking(1_000)).status).toBe(200);
    expect(await isAlive()).toBe(true);
  });

  it('continues if the watchdog is off', async () => {
    await start({ WATCHDOG_SECONDS: '0' });
    expect((await postBlocking(2_500)).status).toBe(200);
    expect(await isAlive()).toBe(true);
  });
});

it('a process that was suspended for longer continues', async () => {
  await start();
  expect((await postBlocking(0)).status).toBe(200);
  for (let times = 0; times < 2; times += 1) {
    gateway.signal('SIGSTOP');
    await sleep(2_500);
    gateway.signal('SIGCONT');
    expect(await isAlive()).toBe(true);
  }
  expect(gateway.output).not.toContain('Watchdog');
});

it('a busy process and an idle one continue', async () => {
  await start();
  for (let times = 0; times < 20; times += 1) expect((await postBlocking(100)).status).toBe(200);
  await sleep(1_500);
  expect(await isAlive()).toBe(true);
});
