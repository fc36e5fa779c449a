import { cut, endEarly, errorAfter, internal, silence } from '@claude-proxy/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postMessage } from '../support/post-message.js';
import { eventsOf } from '../support/read-sse.js';
import { type Stage, startStage } from '../support/start-stage.js';

/** `message_start`, and no content yet. */
const BEGUN = { afterEvents: 1 };

let stage: Stage;
// A stage of its own for each: failures in a row would open the breaker.
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.close());

const ask = () => postMessage(stage.gateway, { isStream: true });
const namesOf = (text: string) => eventsOf(text).map(({ name }) => name);

describe('when Anthropic fails after message_start and before the first content', () => {
  it.each([
    ['is cut off', cut(BEGUN), 'unreachable'],
    ['is cut off inside a compressed stream', cut({ ...BEGUN, encoding: 'gzip' }), 'unreachable'],
    ['is cut off inside its first content', cut({ afterBytes: 500 }), 'unreachable'],
    ['ends its stream', endEarly(BEGUN), 'unreachable'],
    ['says that it is overloaded', errorAfter(1, 'overloaded_error'), 'overloaded'],
  ])('and %s, the client gets one clean message of the next upstream', async (_name, behaviour, failure) => {
    stage.anthropic.script(behaviour);
    const { status, upstream, fallback, text } = await ask();
    expect({ status, upstream, fallback }).toEqual({ status: 200, upstream: 'bedrock', fallback: failure });
    const names = namesOf(text);
    expect(names.filter((name) => name === 'message_start')).toHaveLength(1);
    expect(names.at(-1)).toBe('message_stop');
    expect(names).not.toContain('error');
    expect(text.match(/"id":"msg_[^_]{4}_/g)).toEqual(['"id":"msg_bdrk_']);
  });

  it('and nobody else can answer, the client gets what came and an error', async () => {
    stage.anthropic.script(cut(BEGUN));
    stage.bedrock.setDefault(internal());
    const { status, upstream, text } = await ask();
    expect({ status, upstream }).toEqual({ status: 200, upstream: 'anthropic' });
    expect(namesOf(text)).toEqual(['message_start', 'error']);
  });

  it('because it refuses the request, the refusal is the caller’s', async () => {
    stage.anthropic.script(errorAfter(1, 'invalid_request_error'));
    const { upstream, text } = await ask();
    expect(upstream).toBe('anthropic');
    expect(namesOf(text)).toEqual(['message_start', 'error']);
    expect(stage.bedrock.requests).toHaveLength(0);
  });
});

it('once content was passed on nobody else answers', async () => {
  stage.anthropic.script(cut({ afterEvents: 2 }));
  const { upstream, text } = await ask();
  expect(upstream).toBe('anthropic');
  expect(namesOf(text)).toEqual(['message_start', expect.stringMatching(/content_block_start|ping/), 'error']);
});

it('a message that begins and then says nothing is passed on after a moment', async () => {
  stage.anthropic.script(silence(BEGUN));
  const caller = new AbortController();
  const startedMs = performance.now();
  const response = await fetch(`${stage.gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-test-1', 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'claude-opus-5-5',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    }),
    signal: caller.signal,
  });
  const first = await response.body!.getReader().read();
  expect(Buffer.from(first.value!).toString()).toContain('event: message_start');
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  caller.abort();
});
