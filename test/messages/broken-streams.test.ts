import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { type Behaviour, cut, endEarly, errorAfter, garbage, raw } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { eventsOf, readToTheEnd } from '../support/read-sse.js';
import { type Pair, startPair } from '../support/start-pair.js';

const STREAMED = { ...MESSAGE, stream: true };
const TEXT = 'Grüße aus 東京 👩‍💻 und zurück';

let pair: Pair;
let client: Anthropic;

beforeAll(async () => {
  pair = await startPair();
  client = new Anthropic({ apiKey: 'sk-ant-api03-caller', baseURL: pair.gateway.url, maxRetries: 0, logLevel: 'off' });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const messages = [{ role: 'user' as const, content: 'hello' }];
const post = (headers: Record<string, string> = CLIENT_HEADERS) =>
  postJson(`${pair.gateway.url}/v1/messages`, STREAMED, { headers });

/** The events that an iterating program gets, and the error at the end. */
async function iterated(): Promise<{ events: string[]; error: unknown }> {
  const events: string[] = [];
  try {
    const stream = await client.messages.create({ ...MESSAGE, messages, stream: true });
    for await (const event of stream) events.push(event.type);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

describe('a stream that breaks', () => {
  it.each<[name: string, behaviour: Behaviour]>([
    ['between two events', cut({ text: TEXT })],
    ['after the first event', cut({ text: TEXT, afterEvents: 1 })],
    ['inside a character', cut({ insideCharacter: true })],
    ['by ending before it is complete', endEarly({ text: TEXT })],
    ['by an error event of Anthropic', errorAfter(5, 'overloaded_error', { text: TEXT })],
    ['by bytes that are not an event', garbage({ text: TEXT })],
  ])('is an error in the SDK, never a clean end: %s', async (_name, behaviour) => {
    pair.anthropic.script(behaviour, behaviour);
    const { events, error } = await iterated();
    expect(events[0]).toBe('message_start');
    expect(error).toHaveProperty('message');
    const helper = client.messages.stream({ ...MESSAGE, messages });
    await expect(helper.finalMessage()).rejects.toHaveProperty('message');
  });

  it('ends with an error event that names the upstream and the id of the exchange', async () => {
    pair.anthropic.script(cut({ text: TEXT }));
    const response = await post();
    const events = eventsOf(await response.text());
    expect(events.map(({ name }) => name).slice(-2)).toEqual(['content_block_delta', 'error']);
    expect(JSON.parse(events.at(-1)!.data)).toEqual({
      type: 'error',
      error: { type: 'api_error', message: expect.stringContaining('anthropic broke off') },
      request_id: response.headers.get('x-claude-proxy-exchange'),
    });
  });

  it('relays an error event of Anthropic unchanged, and adds none', async () => {
    pair.anthropic.script(errorAfter(5, 'overloaded_error', { text: TEXT, message: 'Overloaded' }));
    const events = eventsOf(await (await post()).text());
    const errors = events.filter(({ name }) => name === 'error');
    expect(errors.map(({ data }) => JSON.parse(data).error)).toEqual([
      { type: 'overloaded_error', message: 'Overloaded' },
    ]);
  });

  it('never sends broken JSON to the SDK, for a break at any byte', async () => {
    const whole = await wholeStream();
    const firstEventEnds = whole.indexOf('\n\n') + 2;
    const oddlySpaced = Array.from({ length: 120 }, (_, index) => firstEventEnds + 1 + index * 13);
    const places = oddlySpaced.filter((afterBytes) => afterBytes < whole.length - 60);
    expect(places.length).toBeGreaterThan(60);
    for (const afterBytes of places) {
      pair.anthropic.script(cut({ text: TEXT, afterBytes }));
      const { events, error } = await iterated();
      expect([afterBytes, events[0]]).toEqual([afterBytes, 'message_start']);
      expect([afterBytes, error]).toEqual([afterBytes, expect.any(APIError)]);
      expect((error as APIError).type).toBe('api_error');
    }
  });

  it('keeps all bytes before the break', async () => {
    const afterBytes = 700;
    pair.anthropic.script(cut({ text: TEXT, afterBytes }));
    const { bytes } = await readToTheEnd(await post());
    expect(bytes.subarray(0, afterBytes).toString()).toMatch(/^event: message_start\n/);
    expect(bytes.indexOf('\nevent: ping\n\nevent: error\n')).toBeGreaterThanOrEqual(afterBytes);
  });
});

describe('a compressed stream that breaks', () => {
  it.each<[name: string, behaviour: Behaviour]>([
    ['by a cut', cut({ text: TEXT, encoding: 'gzip' })],
    ['by ending before it is complete', endEarly({ text: TEXT, encoding: 'gzip' })],
    ['by ending before it is complete, in Brotli', endEarly({ text: TEXT, encoding: 'br' })],
  ])('closes the connection, because no event can be added: %s', async (_name, behaviour) => {
    pair.anthropic.script(behaviour, behaviour);
    const got = await readToTheEnd(await post());
    expect(got.bytes.toString()).toMatch(/^event: message_start\n/);
    expect(got.isBroken).toBe(true);
    expect((await iterated()).error).toHaveProperty('message');
  });

  it('ends cleanly if the break cannot be detected', async () => {
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'unheard-of' };
    pair.anthropic.script(raw({ status: 200, headers, body: 'bytes' }));
    const { body } = await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/messages',
      headers: Object.entries(CLIENT_HEADERS).flat(),
      body: JSON.stringify(STREAMED),
    });
    expect(body.toString()).toBe('bytes');
  });
});

describe('an answer in one piece that breaks', () => {
  it.each<[name: string, behaviour: Behaviour]>([
    ['of unknown length', cut({ text: TEXT, afterEvents: 2 })],
    ['of known length', cut({ text: TEXT, afterBytes: 100, headers: { 'content-length': '4000' } })],
    ['compressed', cut({ text: TEXT, afterEvents: 2, encoding: 'gzip' })],
  ])('is an error in the SDK: %s', async (_name, behaviour) => {
    pair.anthropic.script(behaviour);
    await expect(client.messages.create({ ...MESSAGE, messages })).rejects.toHaveProperty('message');
  });
});

async function wholeStream(): Promise<string> {
  pair.anthropic.script({ kind: 'answer', options: { text: TEXT } });
  return (await post()).text();
}
