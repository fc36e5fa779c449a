import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { answer, refuse, silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BodyBudget } from '../../apps/proxy/src/http/body-budget.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type Pair, startPair } from '../support/start-pair.js';

const MIB = 1024 * 1024;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ MAX_BUFFERED_BYTES: String(32 * MIB) });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const held = () => pair.gateway.app.get(BodyBudget).heldBytes;
const post = (body: unknown = MESSAGE, init: RequestInit = {}) =>
  postJson(`${pair.gateway.url}/v1/messages`, body, init);
const upload = async (framing: string, start: string | Buffer = '{"model":', headers: readonly string[] = []) => {
  const client = await RawSocket.connect(pair.gateway.port);
  return client.write(headOfPost('/v1/messages', framing, headers)).write(start);
};
/** A body without its last byte. */
const uploadMost = (mib: number) => upload(`content-length: ${mib * MIB + 1}`, Buffer.alloc(mib * MIB, ' '));
/** Polls until this many bytes are held, because the progress of another socket cannot be awaited. */
const holds = async (bytes: number) => {
  while (held() !== bytes) await sleep(5);
};

describe('bodies in memory', () => {
  it('are bounded: above the limit a body gets 503 with retry-after, unread, until another one is released', async () => {
    const first = await uploadMost(20);
    await holds(20 * MIB);
    const second = await upload(`content-length: ${20 * MIB}`);
    const refusal = await second.readUntil('"request_id"');
    expect(refusal).toMatch(/^HTTP\/1\.1 503 .*retry-after: 5.*"overloaded_error".*MAX_BUFFERED_BYTES/is);
    await second.closed();
    expect((await post()).status).toBe(200);
    first.destroy();
    await holds(0);
    const third = await uploadMost(20);
    await holds(20 * MIB);
    third.destroy();
    await holds(0);
    expect(pair.anthropic.requests).toHaveLength(1);
  });

  it('are bounded if they are sent in chunks', async () => {
    const first = await uploadMost(31);
    await holds(31 * MIB);
    const chunk = `${MIB.toString(16)}\r\n${'x'.repeat(MIB)}\r\n`;
    const second = await upload('transfer-encoding: chunked', chunk + chunk);
    expect(await second.readUntil('"request_id"')).toMatch(/^HTTP\/1\.1 503 /);
    await second.closed();
    first.destroy();
    await holds(0);
  });

  it('are counted as they arrive: announced bytes do not count', async () => {
    const announced = await Promise.all(Array.from({ length: 8 }, () => upload(`content-length: ${31 * MIB}`)));
    await holds(8 * '{"model":'.length);
    expect((await post()).status).toBe(200);
    for (const client of announced) client.destroy();
    await holds(0);
  });

  it.each(['/v1/messages', '/v1/messages/stream'])('are bounded by their decoded size: %s', async (path) => {
    const body = gzipSync(JSON.stringify({ ...MESSAGE, system: 'x'.repeat(20 * MIB) }));
    const headers = { ...CLIENT_HEADERS, 'content-encoding': 'gzip' };
    const postCompressed = () => fetch(`${pair.gateway.url}${path}`, { method: 'POST', body, headers });
    const first = await uploadMost(20);
    await holds(20 * MIB);
    const refused = await postCompressed();
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('MAX_BUFFERED_BYTES');
    await holds(20 * MIB);
    expect(pair.anthropic.requests).toHaveLength(0);
    first.destroy();
    await holds(0);
    await (await postCompressed()).text();
    await holds(0);
    expect(pair.anthropic.requests).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an answer', async () => (await post()).text()],
    ['a stream', async () => (await post({ ...MESSAGE, stream: true })).text()],
    ['a refusal of Anthropic', async () => pair.anthropic.script(refuse(400)) ?? (await post()).text()],
    ['a refusal of ours', async () => (await post({ nothing: true })).text()],
    ['a refused user', async () => (await postJson(`${pair.gateway.url}/user/a%20b/v1/messages`, MESSAGE)).text()],
    ['a body that is too large', async () => (await upload(`content-length: ${33 * MIB}`)).closed()],
    ['a body that ends early', async () => (await upload('content-length: 100')).destroy()],
    ['chunks that end early', async () => (await upload('transfer-encoding: chunked', '5\r\n12')).destroy()],
    ['chunks', async () => (await postChunks()).text()],
  ])('are released exactly once after %s', async (_name, exchange) => {
    await exchange();
    await holds(0);
    pair.anthropic.setDefault(answer());
    expect((await post()).status).toBe(200);
    await holds(0);
  });

  it.each([
    ['before the headers', silence()],
    ['in mid-stream', silence({ afterEvents: 4 })],
  ])('are released if the client leaves %s', async (_name, behaviour) => {
    pair.anthropic.script(behaviour);
    const caller = new AbortController();
    const posted = post({ ...MESSAGE, stream: true }, { signal: caller.signal }).catch(() => 'left');
    await pair.anthropic.requestAt(0);
    expect(held()).toBeGreaterThan(0);
    caller.abort();
    await posted;
    await holds(0);
  });
});

describe('the memory for bodies is shared', () => {
  let own: Pair;
  beforeAll(async () => {
    own = await startPair({ MAX_BUFFERED_BYTES: String(128 * MIB), TRUST_PROXY: '127.0.0.1' });
  });
  afterAll(() => own.close());

  const budget = () => own.gateway.app.get(BodyBudget);
  const send = async (mib: number, address: string, key: string) => {
    const client = await RawSocket.connect(own.gateway.port);
    const headers = [`x-forwarded-for: ${address}`, `authorization: Bearer ${key}`];
    const head = headOfPost('/v1/messages', `content-length: ${mib * MIB}`, headers).replace(/x-api-key.*\r\n/, '');
    const heldBefore = budget().heldBytes;
    client.write(head).write(Buffer.alloc(mib * MIB - 1, ' '));
    const isRefused = await Promise.race([client.readUntil('request_id').then(() => true), heldMore(heldBefore, mib)]);
    return { client, isRefused };
  };
  const heldMore = async (before: number, mib: number) => {
    while (budget().heldBytes < before + mib * MIB - 1) await sleep(5);
    return false;
  };

  it.each<[name: string, address: (index: number) => string, key: (index: number) => string]>([
    ['address', () => '10.0.0.1', (index) => `key-${index}`],
    ['credential', (index) => `10.0.0.${index}`, () => 'key'],
  ])('a single %s gets three quarters of it, and others get the rest', async (_name, address, key) => {
    const greedy = [];
    for (let index = 1; index <= 3; index += 1) greedy.push(await send(32, address(index), key(index)));
    expect(greedy.map(({ isRefused }) => isRefused)).toEqual([false, false, false]);
    const more = await send(1, address(4), key(4));
    expect(more.isRefused).toBe(true);
    const other = await send(30, '10.0.1.1', 'other');
    expect(other.isRefused).toBe(false);
    for (const { client } of [...greedy, more, other]) client.destroy();
    while (budget().heldBytes > 0) await sleep(5);
  });
});

function postChunks(): Promise<Response> {
  const body = new Blob([JSON.stringify(MESSAGE)]).stream();
  return post(undefined, { body, duplex: 'half' } as RequestInit);
}
