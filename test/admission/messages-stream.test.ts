import { answer } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { eventsOf } from '../support/read-sse.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
beforeAll(async () => {
  pair = await startPair();
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

describe('POST /v1/messages/stream', () => {
  it.each(['/v1/messages/stream', '/user/alice/v1/messages/stream', '/v1/messages/stream?beta=true'])(
    'answers with a stream: %s',
    async (path) => {
      pair.anthropic.script(answer({ text: 'Good day.' }));
      const response = await postJson(pair.gateway.url + path, MESSAGE);
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      const names = eventsOf(await response.text()).map(({ name }) => name);
      expect([names[0], names.at(-1)]).toEqual(['message_start', 'message_stop']);
      expect(pair.anthropic.requests[0]!.pathname).toBe('/v1/messages');
    },
  );

  it('relays the same bytes, except the member that requests a stream', async () => {
    const body =
      '{ "max_tokens":  64, "messages":[{"role":"user","content":"gr\\u00fc\\u00dfe"}],"model" :"claude-opus-5-5"\n}';
    const init = { method: 'POST', headers: CLIENT_HEADERS, body };
    await (await fetch(`${pair.gateway.url}/v1/messages/stream`, init)).text();
    expect(pair.anthropic.requests[0]!.body.toString()).toBe(`{"stream":true,${body.slice(1)}`);
  });

  it('overrides a body with stream: false', async () => {
    const response = await postJson(`${pair.gateway.url}/v1/messages/stream`, { ...MESSAGE, stream: false });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
  });

  it('refuses an invalid message, like /v1/messages', async () => {
    const init = { method: 'POST', headers: CLIENT_HEADERS, body: '[]' };
    const response = await fetch(`${pair.gateway.url}/v1/messages/stream`, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  });
});
