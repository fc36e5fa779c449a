import { cut, endEarly, errorAfter, exceptionMidStream, internal, rateLimited, silence } from '@claude-proxy/simulator';
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
    ['says that it failed', errorAfter(1, 'api_error'), 'unreachable'],
    ['says that it failed, in a compressed stream', errorAfter(1, 'api_error', { encoding: 'gzip' }), 'unreachable'],
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

describe('when Bedrock fails after message_start and before the first content', () => {
  const limited = rateLimited({ retryAfterSeconds: 600 });
  const exception = (name: Parameters<typeof exceptionMidStream>[0]) => exceptionMidStream(name, 'm', BEGUN);

  it.each([
    ['breaks off', cut(BEGUN)],
    ['ends its stream', endEarly(BEGUN)],
    ['says that it failed', exception('InternalServerException')],
    ['says that it is throttled', exception('ThrottlingException')],
    ['says that it is unavailable', exception('ServiceUnavailableException')],
  ])('and %s, it is asked once more, and the client gets one clean message', async (_name, behaviour) => {
    stage.anthropic.script(limited);
    stage.bedrock.script(behaviour);
    const { status, upstream, text } = await ask();
    expect({ status, upstream }).toEqual({ status: 200, upstream: 'bedrock' });
    const names = namesOf(text);
    expect(names.filter((name) => name === 'message_start')).toHaveLength(1);
    expect(names.at(-1)).toBe('message_stop');
    expect(names).not.toContain('error');
    expect(stage.bedrock.requests).toHaveLength(2);
  });

  it('and fails again, the client gets the refusal of Anthropic', async () => {
    stage.anthropic.script(limited);
    stage.bedrock.setDefault(exception('InternalServerException'));
    const { status, upstream, headers } = await ask();
    expect([status, upstream, headers.get('retry-after')]).toEqual([429, 'anthropic', '600']);
    expect(stage.bedrock.requests).toHaveLength(2);
  });

  it('and is throttled again, the client comes back in a moment', async () => {
    stage.anthropic.script(limited);
    stage.bedrock.setDefault(exception('ThrottlingException'));
    const { status, headers } = await ask();
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeLessThan(60);
  });
});

it('a message that begins and then says nothing is held back, and fails over when it breaks later', async () => {
  await stage.restart({ PING_AFTER_SECONDS: '1', MAX_STREAM_SILENCE_SECONDS: '3' });
  stage.anthropic.script(silence(BEGUN));
  const { upstream, text } = await ask();
  expect(upstream).toBeNull();
  expect(namesOf(text)[0]).toBe('ping');
  expect(text.match(/"id":"msg_[^_]{4}_/g)).toEqual(['"id":"msg_bdrk_']);
  expect(namesOf(text).at(-1)).toBe('message_stop');
});
