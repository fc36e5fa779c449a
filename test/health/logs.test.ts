import {
  type AnthropicSimulator,
  answer,
  cut,
  refuse,
  silence,
  startAnthropicSimulator,
} from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BuiltGateway, type LogLine } from '../support/built-gateway.js';
import { postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { liveEventsOf, readToTheEnd } from '../support/read-sse.js';

const KEY = 'sk-ant-api03-hush-key';
const BEARER = 'sk-ant-oat01-hush-bearer';
const HEADERS = { 'x-api-key': KEY, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
const BODY = {
  model: 'claude-opus-5-5',
  max_tokens: 64,
  system: 'hush-system',
  messages: [{ role: 'user', content: 'hush-prompt' }],
  metadata: { user_id: 'hush-metadata' },
};
const STREAMED = { ...BODY, stream: true };

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  gateway = await BuiltGateway.started({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    LOG_LEVEL: 'debug',
    ANTHROPIC_AUTH_TOKEN: 'hush-operator',
    ADMIN_TOKEN: 'hush-admin',
  });
}, 60_000);
beforeEach(() => anthropic.reset());
afterAll(async () => {
  await anthropic.close();
  await gateway.stop();
});

const post = (user: string, body: unknown = BODY, init: RequestInit = {}) =>
  postJson(`${gateway.url}/user/${user}/v1/messages?token=hush-query`, body, { headers: HEADERS, ...init });

/** Resolves with the lines about one user, once the first of them has been written. */
async function linesAbout(user: string): Promise<LogLine[]> {
  await gateway.hasLogged(`"user":"${user}"`);
  return gateway.lines.filter((line) => line.user === user);
}

describe('an exchange logs one line', () => {
  it('after an answer', async () => {
    anthropic.script(answer({ text: 'hush-answer', usage: { input_tokens: 5, output_tokens: 2 } }));
    const id = (await post('answered')).headers.get('x-claude-proxy-exchange');
    expect(await linesAbout('answered')).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: expect.stringMatching(/^✅ answered claude-opus-5-5 completed 200 by anthropic/),
        id,
        path: '/v1/messages',
        upstream: 'anthropic',
        credential_fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
        usage: expect.objectContaining({ input_tokens: 5, output_tokens: 2 }),
      }),
    ]);
  });

  it('after a streamed answer', async () => {
    anthropic.script(answer({ text: 'hush-answer', thinking: 'hush-thought' }));
    await (await post('streamed', STREAMED)).text();
    expect(await linesAbout('streamed')).toMatchObject([
      { outcome: 'completed', is_stream: true, stop_reason: 'end_turn' },
    ]);
  });

  it('after a refusal by Anthropic', async () => {
    anthropic.script(refuse(400, { message: 'messages.0: hush-quoted' }));
    await (await post('refused')).text();
    expect(await linesAbout('refused')).toMatchObject([{ level: 'warn', outcome: 'refused', status: 400 }]);
  });

  it.each([
    ['no-json', '{"hush-prompt'],
    ['no-model', JSON.stringify({ ...BODY, model: ['hush-model'] })],
  ])('after a refusal of our own: %s', async (user, body) => {
    const url = `${gateway.url}/user/${user}/v1/messages`;
    await (await fetch(url, { method: 'POST', headers: HEADERS, body })).text();
    expect(await linesAbout(user)).toMatchObject([{ level: 'warn', outcome: 'refused', status: 400 }]);
  });

  it('after a broken stream', async () => {
    anthropic.script(cut({ text: 'hush-answer' }));
    await readToTheEnd(await post('broken', STREAMED));
    expect(await linesAbout('broken')).toMatchObject([{ level: 'warn', outcome: 'broken', status: 200 }]);
  });

  it('after the client left mid-stream', async () => {
    anthropic.script(silence({ text: 'hush-answer', afterEvents: 5 }));
    const client = new AbortController();
    const events = liveEventsOf(await post('left', STREAMED, { signal: client.signal }));
    await events.next();
    client.abort();
    expect(await linesAbout('left')).toMatchObject([{ level: 'info', outcome: 'aborted' }]);
  });

  it('after the client left in the middle of its body', async () => {
    const client = await RawSocket.connect(gateway.port);
    client.write(headOfPost('/user/half/v1/messages', 'content-length: 100')).write('{"hush-prompt');
    await (await fetch(`${gateway.url}/health`)).text();
    client.destroy();
    expect(await linesAbout('half')).toMatchObject([{ level: 'info', outcome: 'aborted' }]);
  });

  it('after a relayed request', async () => {
    await (
      await fetch(`${gateway.url}/user/relayed/v1/messages/batches`, { headers: { authorization: `Bearer ${BEARER}` } })
    ).text();
    expect(await linesAbout('relayed')).toMatchObject([
      { operation: 'relay', path: '/v1/messages/batches', outcome: 'completed' },
    ]);
  });
});

describe('no log line', () => {
  it('contains a key, a token, a prompt, an answer or a query', async () => {
    await (await fetch(`${gateway.url}/debug/env`, { headers: { 'x-admin-token': 'hush-wrong' } })).text();
    await post('last', { ...BODY, stream: 'hush-stream' });
    await linesAbout('last');
    expect(gateway.lines.length).toBeGreaterThan(10);
    expect(gateway.output.match(/.{0,80}hush.{0,40}/g) ?? []).toEqual([]);
  });

  it('reports an unexpected error', () => {
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(gateway.lines.filter(({ msg }) => msg.includes('unexpected'))).toEqual([]);
  });

  it('is in any format but JSON with a time, a level and a message', () => {
    for (const line of gateway.lines) {
      expect(line).toMatchObject({
        time: expect.stringMatching(/^\d{4}-/),
        level: expect.any(String),
        msg: expect.any(String),
      });
    }
  });
});
