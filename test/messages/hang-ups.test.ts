import { answer, big, type RecordedRequest, silence } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { liveEventsOf } from '../support/read-sse.js';
import { type Pair, startPair } from '../support/start-pair.js';

/** Allows for a busy machine. Without an abort, Anthropic would continue for minutes. */
const SOON_MS = 10_000;
const STREAMED = { ...MESSAGE, stream: true };

let pair: Pair;
let finished: Promise<FinishedExchange>;
let tellFinished: (exchange: FinishedExchange) => void;

beforeAll(async () => {
  pair = await startPair({}, { fileBytes: 100_000_000 });
  pair.gateway.app.get(ExchangeFeed).onFinished((exchange) => tellFinished(exchange));
});
beforeEach(() => {
  pair.anthropic.reset();
  ({ promise: finished, resolve: tellFinished } = Promise.withResolvers<FinishedExchange>());
});
afterAll(() => pair.close());

const post = (body: unknown, signal: AbortSignal) => postJson(`${pair.gateway.url}/v1/messages`, body, { signal });

/** Time from the client's departure until the connection to Anthropic was closed. */
async function releasedAfterMs(request: RecordedRequest, leftAt: number): Promise<number> {
  expect(await request.finished).toBe('closed_by_client');
  return request.finishedAt! - leftAt;
}

describe('the connection to Anthropic is closed as soon as the client has left', () => {
  it.each([
    ['a stream', STREAMED],
    ['an answer in one piece', MESSAGE],
  ])('before the headers of %s', async (_name, body) => {
    pair.anthropic.script(silence());
    const client = new AbortController();
    const response = post(body, client.signal).catch(() => 'left');
    const request = await pair.anthropic.requestAt(0);
    const leftAt = Date.now();
    client.abort();
    expect(await response).toBe('left');
    expect(await releasedAfterMs(request, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });

  it('before the first event of a stream', async () => {
    pair.anthropic.script(silence({ afterEvents: 0 }));
    const client = new AbortController();
    const response = post(STREAMED, client.signal).catch(() => 'left');
    const request = await pair.anthropic.requestAt(0);
    const leftAt = Date.now();
    client.abort();
    expect(await response).toBe('left');
    expect(await releasedAfterMs(request, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });

  it('in the silence of a stream', async () => {
    pair.anthropic.script(silence({ afterEvents: 5 }));
    const client = new AbortController();
    const events = liveEventsOf(await post(STREAMED, client.signal));
    for (let count = 0; count < 5; count += 1) await events.next();
    const leftAt = Date.now();
    client.abort();
    expect(await releasedAfterMs(pair.anthropic.requests[0]!, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({
      outcome: 'aborted',
      status: 200,
      usage: { input_tokens: expect.any(Number) },
    });
  });

  it('in the middle of a busy stream', async () => {
    pair.anthropic.script(answer({ text: 'x'.repeat(5_000), deltaLength: 1, chunkDelayMs: 2 }));
    const client = new AbortController();
    const events = liveEventsOf(await post(STREAMED, client.signal));
    for (let count = 0; count < 50; count += 1) await events.next();
    const leftAt = Date.now();
    client.abort();
    expect(await releasedAfterMs(pair.anthropic.requests[0]!, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });

  it('that has never read', async () => {
    pair.anthropic.script(big({ bytes: 50_000_000 }));
    const body = JSON.stringify(STREAMED);
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/messages', `content-length: ${body.length}`)).write(body);
    const request = await pair.anthropic.requestAt(0);
    await client.readUntil('message_start');
    const leftAt = Date.now();
    client.destroy();
    expect(await releasedAfterMs(request, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });

  it('in the middle of a file', async () => {
    const client = new AbortController();
    const headers = { 'x-api-key': 'sk-ant-api03-caller' };
    const response = await fetch(`${pair.gateway.url}/v1/files/file_1/content`, { headers, signal: client.signal });
    await response.body!.getReader().read();
    const leftAt = Date.now();
    client.abort();
    expect(await releasedAfterMs(pair.anthropic.requests[0]!, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });

  it('in the middle of an upload', async () => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/files', 'content-length: 1000000')).write('x'.repeat(1_000));
    while (pair.anthropic.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const leftAt = Date.now();
    client.destroy();
    expect(await releasedAfterMs(pair.anthropic.requests[0]!, leftAt)).toBeLessThan(SOON_MS);
    expect(await finished).toMatchObject({ outcome: 'aborted' });
  });
});
