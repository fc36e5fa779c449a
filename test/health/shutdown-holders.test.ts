import { type AnthropicSimulator, big, silence, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { liveEventsOf } from '../support/read-sse.js';
import { startSilentStore } from '../support/silent-store.js';
import { startGateway } from '../support/start-gateway.js';

/** Additional time of a busy machine to end a process. A blocked shutdown would take 110 s. */
const SLACK_MS = 15_000;
/** The time in which an error event or a refusal must reach its reader. */
const LAST_WORDS_MS = 1_000;

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
}, 60_000);
beforeEach(() => anthropic.reset());
afterEach(() => gateway?.stop());
afterAll(() => anthropic.close());

const start = async (environment: Record<string, string> = {}) => {
  gateway = await BuiltGateway.started({ ANTHROPIC_UPSTREAM_URL: anthropic.url, ...environment });
  return gateway;
};
/** The exit code and the duration of the shutdown. */
const terminated = async () => {
  const signalledMs = performance.now();
  gateway.signal('SIGTERM');
  const { code, stdout } = await gateway.ended;
  return { code, stdout, tookMs: performance.now() - signalledMs };
};
const held = async (bytes: string) => (await RawSocket.connect(gateway.port)).write(bytes);
const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${['host: x', ...headers].join('\r\n')}\r\n\r\n`;

describe('a shutdown is not delayed', () => {
  it('by an open dashboard: its live feed ends with an event that gives the reason', async () => {
    const { url } = await start();
    const events = Array.fromAsync(liveEventsOf(await fetch(`${url}/api/live`)));
    const { code, tookMs } = await terminated();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(SLACK_MS);
    expect((await events).at(-1)).toEqual({ name: 'draining', data: '{}' });
  });

  it('by a live feed that is opened during the drain', async () => {
    const inProcess = await startGateway({ FALLBACK_CHAIN: 'anthropic' });
    inProcess.app.get(ExchangeFeed).changed('draining');
    const events = await Array.fromAsync(liveEventsOf(await fetch(`${inProcess.url}/api/live`)));
    expect(events.map(({ name }) => name)).toContain('draining');
    await inProcess.close();
  });

  it('by a connection with an upgrade request', async () => {
    await start();
    const socket = await held(get('/health', 'connection: upgrade', 'upgrade: websocket'));
    await socket.readUntil('\r\n\r\n');
    const { code, tookMs } = await terminated();
    expect([code, tookMs < SLACK_MS]).toEqual([0, true]);
    socket.destroy();
  });

  it('by a live feed whose reader has stopped reading', async () => {
    await start();
    const socket = await held(get('/api/live'));
    socket.socket.pause();
    await gateway.hasLogged('State:');
    const { code, tookMs } = await terminated();
    expect([code, tookMs < LAST_WORDS_MS + SLACK_MS]).toEqual([0, true]);
    socket.destroy();
  });

  it('for more than five seconds by headers that never become complete', async () => {
    await start();
    const socket = await held('GET /health HTTP/1.1\r\nhost: x\r\nx-half: ');
    const { code, tookMs } = await terminated();
    expect([code, tookMs < 5_000 + SLACK_MS]).toEqual([0, true]);
    socket.destroy();
  });
});

describe('DRAIN_TIMEOUT_SECONDS bounds a shutdown that is delayed', () => {
  const DRAIN = { DRAIN_TIMEOUT_SECONDS: '1' };
  const BOUND_MS = 1_000 + LAST_WORDS_MS + SLACK_MS;

  it('by a running stream: it ends with an error event', async () => {
    const { url } = await start(DRAIN);
    anthropic.script(silence({ afterEvents: 3 }));
    const events = liveEventsOf(await postJson(`${url}/v1/messages`, { ...MESSAGE, stream: true }));
    await events.next();
    const { code, tookMs } = await terminated();
    expect([code, tookMs < BOUND_MS]).toEqual([0, true]);
    expect((await Array.fromAsync(events)).at(-1)).toMatchObject({ name: 'error' });
  });

  it('by a body that never becomes complete', async () => {
    await start(DRAIN);
    const socket = await held(`${headOfPost('/v1/messages', 'content-length: 1000', ['expect: 100-continue'])}`);
    await socket.readUntil('100 Continue');
    const { code, tookMs, stdout } = await terminated();
    expect([code, tookMs < BOUND_MS]).toEqual([0, true]);
    expect(stdout).toContain('1 running answers were cut off');
    socket.destroy();
  });

  it('by an answer that is not read', async () => {
    await start(DRAIN);
    anthropic.script(big({ bytes: 8_000_000 }));
    const body = JSON.stringify(MESSAGE);
    const socket = await held(headOfPost('/v1/messages', `content-length: ${body.length}`) + body);
    await socket.readUntil('\r\n\r\n');
    const { code, tookMs } = await terminated();
    expect([code, tookMs < BOUND_MS]).toEqual([0, true]);
    socket.destroy();
  });

  it('by a page of figures that waits for a store', async () => {
    const store = await startSilentStore();
    await start({ ...DRAIN, ...store.environment });
    const socket = await held(get('/api/analytics?range=30d'));
    const { code, tookMs } = await terminated();
    expect([code, tookMs < BOUND_MS]).toEqual([0, true]);
    socket.destroy();
    await store.close();
  });
});

describe('pending writes', () => {
  it('delay the exit by at most 8 seconds if the store does not answer, and the log reports them as lost', async () => {
    const store = await startSilentStore();
    await start(store.environment);
    await (await postJson(`${gateway.url}/v1/messages`, MESSAGE)).text();
    const { tookMs, stdout } = await terminated();
    expect(tookMs).toBeLessThan(8_000 + SLACK_MS);
    expect(stdout).toMatch(/pending writes may be lost|exchanges could not be written/);
    await store.close();
  });
});
