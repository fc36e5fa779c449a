import { once } from 'node:events';
import { type AnthropicSimulator, rateLimited, silence, startAnthropicSimulator } from '@claude-proxy/simulator';
import {
  ACCEPTED,
  type BodySink,
  type SendOptions,
  Upstream,
  type UpstreamAnswer,
  type UpstreamProvider,
} from '@claude-proxy/upstream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { postMessage } from '../support/post-message.js';
import { eventsOf } from '../support/read-sse.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';
import { type Upstream as SlowUpstream, startUpstream } from '../support/start-upstream.js';

const SILENT_AFTER = { MAX_STREAM_SILENCE_SECONDS: '3', PING_AFTER_SECONDS: '300' };
const namesOf = (text: string) => eventsOf(text).map(({ name }) => name);
const event = (name: string, data: object = {}) =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const START = event('message_start', { message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1 } } });
const CONTENT = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });

describe('a stream that falls silent', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(SILENT_AFTER);
  });
  afterEach(() => {
    stage.anthropic.reset();
    stage.bedrock.reset();
  });
  afterAll(() => stage.close());

  it.each([
    ['before its headers', silence()],
    ['after message_start', silence({ afterEvents: 1 })],
  ])('at Anthropic %s is answered by the next upstream', async (_name, behaviour) => {
    stage.anthropic.script(behaviour);
    const { upstream, fallback, text } = await postMessage(stage.gateway, { isStream: true });
    expect({ upstream, fallback }).toEqual({ upstream: 'bedrock', fallback: 'unreachable' });
    expect(namesOf(text).at(-1)).toBe('message_stop');
    expect(await stage.anthropic.requests[0]!.finished).toBe('closed_by_client');
  });

  it('at Anthropic after its first content ends with an error event, and the connection is closed', async () => {
    stage.anthropic.script(silence({ afterEvents: 4 }));
    const { upstream, text } = await postMessage(stage.gateway, { isStream: true });
    expect(upstream).toBe('anthropic');
    const last = eventsOf(text).at(-1)!;
    expect(last.name).toBe('error');
    expect(JSON.parse(last.data).error.message).toContain('it sent nothing for 3 s');
    expect(await stage.anthropic.requests[0]!.finished).toBe('closed_by_client');
  });

  it('at Bedrock before its first content is not retried: the client gets Anthropic’s refusal', async () => {
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(silence({ afterEvents: 1 }));
    expect(await postMessage(stage.gateway, { isStream: true })).toMatchObject({ status: 429, upstream: 'anthropic' });
    expect(stage.bedrock.requests).toHaveLength(1);
  });

  it('at Bedrock after its first content ends with an error event', async () => {
    await stage.restart({ ...SILENT_AFTER, FALLBACK_CHAIN: 'bedrock' });
    stage.bedrock.script(silence({ afterEvents: 4 }));
    const { text } = await postMessage(stage.gateway, { isStream: true });
    expect(namesOf(text).at(-1)).toBe('error');
    await stage.restart();
  });

  it('does not include an answer that is not a stream, which is sent when it is complete', async () => {
    stage.anthropic.script(silence({ ms: 3_500 }));
    expect(await postMessage(stage.gateway)).toMatchObject({ status: 200, upstream: 'anthropic' });
  });
});

describe('a stream that is slow', () => {
  let slowUpstream: SlowUpstream;
  let gateway: RunningGateway;
  beforeAll(async () => {
    slowUpstream = await startUpstream(async (request, response) => {
      request.resume();
      await once(request, 'end');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const pieces = [START, event('ping'), event('ping'), event('ping'), CONTENT, event('message_stop')];
      for (const piece of pieces) {
        response.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
      }
      response.end();
    });
    gateway = await startGateway({
      ...SILENT_AFTER,
      ANTHROPIC_UPSTREAM_URL: slowUpstream.url,
      FALLBACK_CHAIN: 'anthropic',
    });
  });
  afterAll(async () => {
    await gateway.close();
    await slowUpstream.close();
  });

  it('is not silent while it sends pings, also before its first content', async () => {
    const { text } = await postMessage(gateway, { isStream: true });
    expect(namesOf(text)).toEqual(['message_start', 'ping', 'ping', 'ping', 'content_block_start', 'message_stop']);
  });
});

describe('a team’s upstream that falls silent', () => {
  let said: string;
  let wasDestroyed: boolean;

  @Upstream('mute')
  @Injectable()
  class MuteUpstream implements UpstreamProvider {
    accepts() {
      return ACCEPTED;
    }

    async send(_request: unknown, _options: SendOptions): Promise<UpstreamAnswer> {
      if (said === '') return new Promise(() => {});
      const body = {
        pipe: (sink: BodySink) => void sink.write(Buffer.from(said)),
        resume() {},
        destroy() {
          wasDestroyed = true;
        },
      };
      return { status: 200, headers: ['content-type', 'text/event-stream'], body };
    }
  }

  @Module({ providers: [MuteUpstream] })
  class MuteModule {}

  let anthropic: AnthropicSimulator;
  let gateway: RunningGateway;
  beforeAll(async () => {
    anthropic = await startAnthropicSimulator();
    gateway = await startGateway(
      { ...SILENT_AFTER, ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'mute,anthropic' },
      { upstreamModules: [MuteModule] },
    );
  });
  afterAll(async () => {
    await gateway.close();
    await anthropic.close();
  });

  it.each([
    ['without any bytes', ''],
    ['after message_start', START],
  ])('%s is followed by the next one, even if it ignores its abort signal', async (_name, words) => {
    said = words;
    const { upstream, text } = await postMessage(gateway, { isStream: true });
    expect(upstream).toBe('anthropic');
    expect(namesOf(text).filter((name) => name === 'message_start')).toHaveLength(1);
  });

  it('after its first content ends with an error event, and is destroyed', async () => {
    said = START + CONTENT;
    wasDestroyed = false;
    const { upstream, text } = await postMessage(gateway, { isStream: true });
    expect(upstream).toBe('mute');
    expect(namesOf(text)).toEqual(['message_start', 'content_block_start', 'error']);
    expect(wasDestroyed).toBe(true);
  });
});
