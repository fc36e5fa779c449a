import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type AnswerEncoding, answer, big, raw, silence } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { eventsOf, liveEventsOf } from '../support/read-sse.js';
import { startGateway } from '../support/start-gateway.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { startUpstream } from '../support/start-upstream.js';

const STREAMED = { ...MESSAGE, stream: true };
const MIB = 1024 * 1024;

let pair: Pair;

beforeAll(async () => {
  pair = await startPair({ PING_AFTER_SECONDS: '1' });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const post = (body: unknown = STREAMED) => postJson(`${pair.gateway.url}/v1/messages`, body);

describe('an event', () => {
  it('arrives before Anthropic has written the next one', async () => {
    const chunkDelayMs = 40;
    pair.anthropic.script(answer({ text: 'one two three four five six seven eight', deltaLength: 4, chunkDelayMs }));
    const response = await post();
    const arrivals: { name: string; ms: number; isLast: boolean }[] = [];
    for await (const { name } of liveEventsOf(response)) {
      const isLast = pair.anthropic.requests[0]!.finishReason !== undefined;
      arrivals.push({ name, ms: performance.now(), isLast });
    }
    expect(arrivals.map(({ name }) => name)).toEqual(expect.arrayContaining(['message_start', 'ping', 'message_stop']));
    expect(arrivals.slice(0, -1).filter(({ isLast }) => isLast)).toEqual([]);
    const spreadMs = arrivals.at(-1)!.ms - arrivals[0]!.ms;
    expect(spreadMs).toBeGreaterThan((arrivals.length - 1) * chunkDelayMs * 0.8);
  });

  it('arrives early only for a stream; another answer arrives complete', async () => {
    pair.anthropic.script(answer({ text: 'whole', chunkDelayMs: 5 }));
    expect(await (await post(MESSAGE)).json()).toMatchObject({ type: 'message', stop_reason: 'end_turn' });
  });
});

describe('a compressed stream', () => {
  it.each<AnswerEncoding>(['gzip', 'br', 'deflate', 'zstd'])('arrives event by event: %s', async (encoding) => {
    pair.anthropic.script(answer({ text: 'Grüße 東京', encoding, chunkDelayMs: 20 }));
    const response = await post();
    expect(response.headers.get('content-encoding')).toBe(encoding);
    const events = liveEventsOf(response);
    expect((await events.next()).value).toMatchObject({ name: 'message_start' });
    expect(pair.anthropic.requests[0]!.finishReason).toBeUndefined();
    const names: string[] = [];
    for await (const { name } of events) names.push(name);
    expect(names.at(-1)).toBe('message_stop');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['unheard-of', gzipSync],
  ])('keeps its bytes: %s', async (coding, compress) => {
    const stream = compress('event: message_start\ndata: {}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n');
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': coding };
    pair.anthropic.script(raw({ status: 200, headers, body: stream }));
    const got = await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/messages',
      headers: Object.entries(CLIENT_HEADERS).flat(),
      body: JSON.stringify(STREAMED),
    });
    expect(got.headers['content-encoding']).toBe(coding);
    expect(got.body.equals(stream)).toBe(true);
  });
});

describe('a silence', () => {
  it('between two events is filled with pings', async () => {
    pair.anthropic.script(silence({ afterEvents: 4, ms: 2_600 }));
    const events = eventsOf(await (await post()).text());
    const names = events.map(({ name }) => name);
    expect(names.slice(3, 8)).toEqual([
      'content_block_delta',
      'ping',
      'ping',
      'content_block_delta',
      expect.any(String),
    ]);
    expect(events[4]!.data).toBe('{"type": "ping"}');
    expect(names.at(-1)).toBe('message_stop');
  });

  /** Starts with content: until then a stream is held back, and pings precede all of it. */
  const WHOLE = [
    'event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}\n\n',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ].join('');

  it('inside an event gets no pings, at any position', async () => {
    const upstream = await startUpstream(async ({ headers }, response) => {
      const splitAt = Number(headers['x-stainless-split-at']);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(WHOLE.slice(0, splitAt));
      await sleep(1_600);
      response.end(WHOLE.slice(splitAt));
    });
    const environment = { ANTHROPIC_UPSTREAM_URL: upstream.url, FALLBACK_CHAIN: 'anthropic', PING_AFTER_SECONDS: '1' };
    const gateway = await startGateway(environment);
    const placesToSplit = {
      name: WHOLE.indexOf('message_stop'),
      lineEnd: WHOLE.indexOf('data: {"type":"message_stop'),
      data: WHOLE.lastIndexOf('"message_stop"') + 3,
      blankLine: WHOLE.length - 1,
    };
    const streams = Object.values(placesToSplit).map(async (splitAt) => {
      const headers = { ...CLIENT_HEADERS, 'x-stainless-split-at': String(splitAt) };
      return (await postJson(`${gateway.url}/v1/messages`, STREAMED, { headers })).text();
    });
    try {
      expect(await Promise.all(streams)).toEqual([WHOLE, WHOLE, WHOLE, WHOLE]);
    } finally {
      await gateway.close();
      await upstream.close();
    }
  });

  it('of a compressed stream gets no pings', async () => {
    pair.anthropic.script(silence({ afterEvents: 4, ms: 1_500, encoding: 'gzip' }));
    const names = eventsOf(await (await post()).text()).map(({ name }) => name);
    expect(names.filter((name) => name === 'ping')).toHaveLength(1);
  });
});

describe('a client that does not read', () => {
  const BYTES = 50_000_000;

  it('slows Anthropic down, and gets everything once it reads', async () => {
    pair.anthropic.script(big({ bytes: BYTES }));
    const body = JSON.stringify(STREAMED);
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/messages', `content-length: ${body.length}`)).write(body);
    const request = await pair.anthropic.requestAt(0);
    await settled(() => request.bytesWritten);
    expect(request.bytesWritten).toBeGreaterThan(0);
    expect(request.bytesWritten).toBeLessThan(24 * MIB);
    const text = await client.readUntil('event: message_stop');
    expect(text.split('x').length).toBeGreaterThan(BYTES);
    expect(request.bytesWritten).toBeGreaterThan(BYTES);
    client.destroy();
  });
});

/** Resolves when a number has stopped growing. */
async function settled(read: () => number): Promise<void> {
  let [before, now] = [-1, read()];
  while (before !== now || now === 0) {
    await sleep(150);
    [before, now] = [now, read()];
  }
}
