import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../drills/free-port.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const KEY = { 'x-api-key': 'sk-ant-api03-caller', authorization: 'Bearer sk-ant-api03-caller' };
const CHAT = { model: 'opus', messages: MESSAGE.messages };

let gateways: RunningGateway[] = [];
let anthropic: AnthropicSimulator | undefined;
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await anthropic?.close();
  [gateways, anthropic] = [[], undefined];
});

/** Each gateway's upstream is the next one, reached by this name. The last one's is the first, or `last`. */
async function startRing(names: readonly string[], last?: string): Promise<string[]> {
  const ports = await Promise.all(names.map(() => freePort()));
  const urls = names.map((name, index) => `http://${name}:${ports[index]}`);
  for (const [index, port] of ports.entries()) {
    const isLast = index === names.length - 1;
    const upstream = isLast && last !== undefined ? last : urls[(index + 1) % urls.length]!;
    const environment = { FALLBACK_CHAIN: 'anthropic', ANTHROPIC_UPSTREAM_URL: upstream };
    gateways.push(await startGateway(environment, {}, port));
  }
  return urls;
}

const requests: readonly (readonly [name: string, ask: (url: string) => Promise<Response>])[] = [
  ['messages', (url) => postJson(`${url}/v1/messages`, MESSAGE)],
  ['a stream', (url) => postJson(`${url}/user/alice/v1/messages`, { ...MESSAGE, stream: true })],
  ['count_tokens', (url) => postJson(`${url}/v1/messages/count_tokens`, MESSAGE)],
  ['models', (url) => fetch(`${url}/v1/models`, { headers: { ...KEY, 'anthropic-version': '2023-06-01' } })],
  ['batches', (url) => fetch(`${url}/v1/messages/batches`, { headers: KEY })],
  ['a file', (url) => fetch(`${url}/v1/files`, { method: 'POST', body: 'file', headers: KEY })],
  ['chat', (url) => postJson(`${url}/v1/chat/completions`, CHAT, { headers: KEY })],
  ['responses', (url) => postJson(`${url}/v1/responses`, { model: 'opus', input: 'hello' }, { headers: KEY })],
];

describe('a ring of gateways refuses a request on its second visit', () => {
  describe.each<[name: string, names: readonly string[]]>([
    ['of one, under its own name', ['127.0.0.1']],
    ['of one, under another name', ['localhost']],
    ['of two', ['127.0.0.1', 'localhost']],
    ['of three', ['127.0.0.1', 'localhost', '127.0.0.1']],
  ])('%s', (_name, names) => {
    it.each(requests)('%s', async (_request, ask) => {
      const [url] = await startRing(names);
      const startedMs = performance.now();
      const response = await ask(url!);
      expect([response.status, response.headers.get('x-should-retry')]).toEqual([508, 'false']);
      const body = (await response.json()) as { error: { message: string } };
      expect(body.error.message).toMatch(/ANTHROPIC_UPSTREAM_URL \(.*\) leads back to this gateway itself/);
      expect(performance.now() - startedMs).toBeLessThan(5_000);
    });
  });
});

describe('a chain of gateways', () => {
  it.each(requests)('relays %s to its end', async (_request, ask) => {
    anthropic = await startAnthropicSimulator({ isStrict: false });
    const [url] = await startRing(['127.0.0.1', 'localhost', '127.0.0.1'], anthropic.url);
    expect((await ask(url!)).status).toBe(200);
    expect(anthropic.requests[0]!.headers['x-claude-proxy-hops']).toMatch(/^\w{12},\w{12},\w{12}$/);
  });

  it('ends after ten gateways, with any loop marks', async () => {
    anthropic = await startAnthropicSimulator({ isStrict: false });
    const [url] = await startRing(['127.0.0.1'], anthropic.url);
    const headers = { ...KEY, 'content-type': 'application/json' };
    for (const [hops, status] of [
      [Array(9).fill('x').join(), 200],
      [Array(10).fill('x').join(), 508],
      [Array(9_000).fill('x').join(), 508],
      ['x'.repeat(50_000), 200],
    ] as const) {
      const asked = postJson(`${url}/v1/messages`, MESSAGE, { headers: { ...headers, 'x-claude-proxy-hops': hops } });
      expect((await asked).status).toBe(status);
    }
  });
});
