import { cut, endEarly, errorAfter, exceptionMidStream, internal, rateLimited, silence } from '@claude-proxy/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postMessage } from '../support/post-message.js';
import { eventsOf } from '../support/read-sse.js';
import { type Stage, startStage } from '../support/start-stage.js';

/** `message_start` without content. */
const BEGUN = { afterEvents: 1 };

let stage: Stage;
// A new stage for each test, because failures in a row would open the breaker.
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
    ['reports an overload', errorAfter(1, 'overloaded_error'), 'overloaded'],
    ['reports an error', errorAfter(1, 'api_error'), 'unreachable'],
    ['reports an error in a compressed stream', errorAfter(1, 'api_error', { encoding: 'gzip' }), 'unreachable'],
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

  it('and no other upstream can answer, the client gets the received part and an error', async () => {
    stage.anthropic.script(cut(BEGUN));
    stage.bedrock.setDefault(internal());
    const { status, upstream, text } = await ask();
    expect({ status, upstream }).toEqual({ status: 200, upstream: 'anthropic' });
    expect(namesOf(text)).toEqual(['message_start', 'error']);
  });

  it('because it refuses the request, the client gets the refusal', async () => {
    stage.anthropic.script(errorAfter(1, 'invalid_request_error'));
    const { upstream, text } = await ask();
    expect(upstream).toBe('anthropic');
    expect(namesOf(text)).toEqual(['message_start', 'error']);
    expect(stage.bedrock.requests).toHaveLength(0);
  });
});

it('after relayed content no other upstream answers', async () => {
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
    ['reports an error', exception('InternalServerException')],
    ['reports that it is throttled', exception('ThrottlingException')],
    ['reports that it is unavailable', exception('ServiceUnavailableException')],
  ])('and %s, the request is sent again, and the client gets one clean message', async (_name, behaviour) => {
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

  it('and fails again, the client gets Anthropic’s refusal', async () => {
    stage.anthropic.script(limited);
    stage.bedrock.setDefault(exception('InternalServerException'));
    const { status, upstream, headers } = await ask();
    expect([status, upstream, headers.get('retry-after')]).toEqual([429, 'anthropic', '600']);
    expect(stage.bedrock.requests).toHaveLength(2);
  });

  it('and is throttled again, the client gets a short retry-after', async () => {
    stage.anthropic.script(limited);
    stage.bedrock.setDefault(exception('ThrottlingException'));
    const { status, headers } = await ask();
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeLessThan(60);
  });
});

it('a message that begins and then stays silent is held back, and fails over if it breaks later', async () => {
  await stage.restart({ PING_AFTER_SECONDS: '1', MAX_STREAM_SILENCE_SECONDS: '3' });
  stage.anthropic.script(silence(BEGUN));
  const { upstream, text } = await ask();
  expect(upstream).toBeNull();
  expect(namesOf(text)[0]).toBe('ping');
  expect(text.match(/"id":"msg_[^_]{4}_/g)).toEqual(['"id":"msg_bdrk_']);
  expect(namesOf(text).at(-1)).toBe('message_stop');
});
