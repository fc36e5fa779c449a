import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnthropicSimulator, answer, big, silence, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { liveEventsOf, readToTheEnd } from '../support/read-sse.js';
import { startSilentStore } from '../support/silent-store.js';

const STREAMED = { ...MESSAGE, stream: true };
const CHAT = { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hello' }] };
/** With this interval, signals count as two. */
const LATER_MS = 1_100;
/** Two processes start one after the other. */
const TWO_STARTS_MS = 60_000;

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway | undefined;
let dataDirectory: string;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
}, 60_000);
beforeEach(async () => {
  anthropic.reset();
  dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-shutdown-'));
});
afterEach(async () => {
  await gateway?.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});
afterAll(() => anthropic.close());

const environmentWith = (environment: Record<string, string>) => ({
  ANTHROPIC_UPSTREAM_URL: anthropic.url,
  DATA_DIR: dataDirectory,
  ...environment,
});
const start = async (environment: Record<string, string> = {}) => {
  gateway = await BuiltGateway.started(environmentWith(environment));
  return gateway;
};
const slowAnswer = () => answer({ text: 'x'.repeat(60), deltaLength: 2, chunkDelayMs: 25 });
const namesOf = async (events: AsyncIterable<{ name: string }>) => {
  const names: string[] = [];
  for await (const { name } of events) names.push(name);
  return names;
};
/** The number of requests in the store, read by a newly started gateway. */
const countedRequests = async () => {
  const { url } = await start();
  const { summary } = (await (await fetch(`${url}/v1/usage?days=1`)).json()) as { summary: { total_requests: number } };
  return summary.total_requests;
};

describe('a signal', () => {
  it('lets a running stream end, and the process exits with 0', async () => {
    const { url } = await start();
    anthropic.script(slowAnswer());
    const events = liveEventsOf(await postJson(`${url}/v1/messages`, STREAMED));
    await events.next();
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('SIGTERM: draining, at most 110 s; 1 requests are running');
    expect((await namesOf(events)).at(-1)).toBe('message_stop');
    expect((await gateway!.ended).code).toBe(0);
  });

  it('rejects the next connection while a stream is running', async () => {
    const { url } = await start();
    anthropic.script(slowAnswer());
    const response = await postJson(`${url}/v1/messages`, STREAMED);
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('draining');
    const stranger = connect(Number(new URL(url).port), '127.0.0.1');
    const [error] = (await once(stranger, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    await response.text();
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends an idle process at once, with any open connections: %s',
    async (name) => {
      const { url, port } = await start();
      await (await fetch(`${url}/health`)).text();
      const [silent, halfway] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
      await Promise.all([once(silent, 'connect'), once(halfway, 'connect')]);
      halfway.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
      await once(halfway, 'readable');
      const signalledMs = performance.now();
      gateway!.signal(name);
      expect((await gateway!.ended).code).toBe(0);
      expect(performance.now() - signalledMs).toBeLessThan(8_000);
      for (const socket of [silent, halfway]) socket.destroy();
    },
  );

  it('lets a running stream end if the terminal that read the log is closed', async () => {
    const { url } = await start();
    anthropic.script(slowAnswer());
    const events = liveEventsOf(await postJson(`${url}/v1/messages`, STREAMED));
    await events.next();
    gateway!.stopReading();
    gateway!.signal('SIGHUP');
    expect((await namesOf(events)).at(-1)).toBe('message_stop');
    expect((await gateway!.ended).code).toBe(0);
  });

  it('ends a process that is still starting at once', async () => {
    gateway = await BuiltGateway.spawn(environmentWith({ UPSTREAM_MODULES: './never.mjs' }), (directory) =>
      writeFile(
        join(directory, 'never.mjs'),
        "process.stdout.write('loading\\n');\nawait new Promise(() => setInterval(() => {}, 1_000));\n",
      ),
    );
    await gateway.hasLogged('loading', 20_000);
    gateway.signal('SIGTERM');
    expect(await gateway.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('SIGTERM while starting') });
  });
});

describe('a second signal within a second', () => {
  it.each([
    ['SIGTERM', 'SIGTERM', 50],
    ['SIGINT', 'SIGTERM', 0],
    ['SIGHUP', 'SIGINT', 200],
  ] as const)(
    'does not undo the drain: %s and %s, %i ms apart',
    async (first, second, gapMs) => {
      const { url } = await start();
      anthropic.script(slowAnswer());
      const events = liveEventsOf(await postJson(`${url}/v1/messages`, STREAMED));
      await events.next();
      gateway!.signal(first);
      await sleep(gapMs);
      gateway!.signal(second);
      // A busy process may get two equal signals as one.
      if (first !== second) await gateway!.hasLogged('again within a second: ignored, draining goes on');
      expect((await namesOf(events)).at(-1)).toBe('message_stop');
      expect((await gateway!.ended).code).toBe(0);
      expect(await countedRequests()).toBe(1);
    },
    TWO_STARTS_MS,
  );

  it(
    'does not undo the drain if npm forwards a signal that the terminal has already sent',
    async () => {
      gateway = await BuiltGateway.startedByNpm(environmentWith({}));
      anthropic.script(slowAnswer());
      const events = liveEventsOf(await postJson(`${gateway.url}/v1/messages`, STREAMED));
      await events.next();
      gateway.signalGroup('SIGINT');
      expect((await namesOf(events)).at(-1)).toBe('message_stop');
      await gateway.ended;
      expect(await countedRequests()).toBe(1);
    },
    TWO_STARTS_MS,
  );
});

describe('a signal to npm alone, as a supervisor sends it', () => {
  it(
    'drains the gateway, also where the shell between them ends and passes nothing on',
    async () => {
      gateway = await BuiltGateway.startedByNpm(environmentWith({}));
      anthropic.script(slowAnswer());
      const events = liveEventsOf(await postJson(`${gateway.url}/v1/messages`, STREAMED));
      await events.next();
      gateway.signal('SIGTERM');
      await gateway.hasLogged('SIGTERM: draining, at most 110 s; 1 requests are running');
      expect((await namesOf(events)).at(-1)).toBe('message_stop');
      expect((await gateway.ended).stdout).not.toContain('cut off');
      expect(await countedRequests()).toBe(1);
    },
    TWO_STARTS_MS,
  );
});

describe('a later second signal', () => {
  const signalTwice = async () => {
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('draining');
    await sleep(LATER_MS);
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('running answers are cut off');
  };

  it(
    'ends a running stream with an error event, counts it, and exits with 0',
    async () => {
      const { url } = await start();
      anthropic.script(silence({ afterEvents: 3 }));
      const response = await postJson(`${url}/v1/messages`, STREAMED);
      const events = liveEventsOf(response);
      await events.next();
      const ended = Array.fromAsync(events);
      await signalTwice();
      const { name, data } = (await ended).at(-1)!;
      expect([name, JSON.parse(data).error]).toEqual([
        'error',
        { type: 'api_error', message: expect.stringContaining('shutting down') },
      ]);
      expect((await gateway!.ended).code).toBe(0);
      expect(await countedRequests()).toBe(1);
    },
    TWO_STARTS_MS,
  );

  it('refuses requests without an answer, in the format of their endpoint', async () => {
    const { url } = await start();
    anthropic.script(silence(), silence(), silence());
    const waiting = [
      postJson(`${url}/v1/messages`, MESSAGE),
      postJson(`${url}/v1/messages`, STREAMED),
      postJson(`${url}/v1/chat/completions`, CHAT),
    ];
    while (anthropic.requests.length < 3) await sleep(10);
    await signalTwice();
    const refused = await Promise.all(waiting);
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    const [message, , chat] = await Promise.all(refused.map((each) => each.json()));
    expect(message).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('Send the request again') },
    });
    expect(chat).toMatchObject({ error: { message: expect.stringContaining('Send the request again') } });
    expect((await gateway!.ended).code).toBe(0);
  });

  it("ends a translated stream with an error in OpenAI's format", async () => {
    const { url } = await start();
    anthropic.script(silence({ afterEvents: 3 }));
    const response = await postJson(`${url}/v1/chat/completions`, { ...CHAT, stream: true });
    const read = readToTheEnd(response);
    await signalTwice();
    const { bytes, isBroken } = await read;
    expect(isBroken).toBe(false);
    expect(bytes.toString()).toContain('shutting down');
    expect((await gateway!.ended).code).toBe(0);
  });

  it('breaks the connection of an answer that is not a stream', async () => {
    const { port } = await start();
    // More than the buffers of both sockets hold: an unread answer must not be complete before the signal.
    anthropic.script(big({ bytes: 40_000_000 }));
    const body = JSON.stringify(MESSAGE);
    const reader = (await RawSocket.connect(port)).write(
      headOfPost('/v1/messages', `content-length: ${body.length}`) + body,
    );
    await reader.readUntil('\r\n\r\n');
    await signalTwice();
    expect((await gateway!.ended).code).toBe(0);
    await reader.closed();
  });

  it('is followed by a third that ends the process at once', async () => {
    const store = await startSilentStore();
    await start(store.environment);
    await (await postJson(`${gateway!.url}/v1/messages`, MESSAGE)).text();
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('draining');
    await sleep(LATER_MS);
    gateway!.signal('SIGTERM');
    await gateway!.hasLogged('pending writes are being flushed');
    await sleep(LATER_MS);
    gateway!.signal('SIGTERM');
    expect((await gateway!.ended).code).toBe(128 + 15);
    await store.close();
  });
});
