import { type AnthropicSimulator, answer, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let anthropic: AnthropicSimulator;
let gateway: RunningGateway;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator({ isStrict: false });
  gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' });
});
beforeEach(() => anthropic.reset());
afterAll(async () => {
  await gateway.close();
  await anthropic.close();
});

const HEADERS = {
  'x-api-key': 'sk-ant-api-bytes',
  'content-type': 'application/json',
  'anthropic-version': '2023-06-01',
};
const post = (body: string | Buffer<ArrayBuffer>) =>
  fetch(`${gateway.url}/v1/messages?beta=true`, { method: 'POST', headers: HEADERS, body });

describe('Anthropic gets the received bytes', () => {
  it.each([
    [
      'an odd order of keys',
      '{"stream":false,"max_tokens":5,"messages":[{"content":"hi","role":"user"}],"model":"claude-opus-5-5"}',
    ],
    [
      'a repeated key',
      '{"model":"claude-haiku-4-5","max_tokens":1,"messages":[],"metadata":{"a":1,"a":2},"model":"claude-opus-5-5"}',
    ],
    [
      'escapes',
      '{"m\\u006fdel":"claude\\u002dopus-5-5","max_tokens":5,"messages":[{"role":"user","content":"\\ud83d\\ude00 \\/ \\ud800"}]}',
    ],
    [
      'numbers beyond the precision of doubles',
      '{"model":"claude-opus-5-5","max_tokens":5,"messages":[],"n":12345678901234567890.10,"e":1E400,"z":-0.0,"f":1.0}',
    ],
    ['blanks', ' \r\n\t{ "model" : "claude-opus-5-5" ,\n"max_tokens":5, "messages": [ ] } \n\n  '],
    ['integer-like keys', '{"10":1,"9":2,"model":"claude-opus-5-5","max_tokens":5,"messages":[]}'],
  ])('%s', async (_name, body) => {
    const response = await post(body);
    expect(await response.text()).toContain('claude-opus-5-5');
    expect(response.status).toBe(200);
    expect((await anthropic.requestAt(0)).body.toString()).toBe(body);
  });

  it('8 MB', async () => {
    const body = Buffer.from(
      JSON.stringify({
        model: 'claude-opus-5-5',
        max_tokens: 5,
        messages: [{ role: 'user', content: '😀x'.repeat(1_600_000) }],
      }),
    );
    expect(body.length).toBeGreaterThan(8_000_000);
    expect((await post(body)).status).toBe(200);
    expect((await anthropic.requestAt(0)).body.equals(body)).toBe(true);
  });
});

describe('the client gets the bytes of the answer', () => {
  it.each([1, 7, 1_000])('a stream split every %i bytes', async (splitEveryBytes) => {
    const text = 'Grüße 😀 aus 北京';
    const request = '{"model":"claude-opus-5-5","max_tokens":5,"stream":true,"messages":[]}';
    anthropic.script(answer({ text, splitEveryBytes }), answer({ text }));
    const [throughGateway, direct] = [
      await (await post(request)).text(),
      await (await fetch(`${anthropic.url}/v1/messages`, { method: 'POST', headers: HEADERS, body: request })).text(),
    ];
    const withoutIds = (stream: string) => stream.replace(/msg_\w+/g, 'msg');
    expect(withoutIds(throughGateway)).toBe(withoutIds(direct));
  });
});
