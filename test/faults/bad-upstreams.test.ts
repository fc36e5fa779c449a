import { setTimeout as sleep } from 'node:timers/promises';
import {
  ACCEPTED,
  type Acceptance,
  type BodySink,
  bodyOfBytes,
  Upstream,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamProvider,
} from '@claude-proxy/upstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable, Logger, Module } from '@nestjs/common';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { adminTokenOf } from '../support/admin-api.js';
import { MESSAGE } from '../support/post-json.js';
import { postMessage } from '../support/post-message.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type Stage, startStage } from '../support/start-stage.js';

type Method =
  | 'head'
  | 'late'
  | 'refusal'
  | 'accepts'
  | 'limitScopes'
  | 'relay'
  | 'pipe'
  | 'resume'
  | 'destroy'
  | 'measuredUsage';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 'x');
/** The method in which the upstream throws. */
let faulty: Method | undefined;
const mayThrow = (method: Method) => {
  if (method === faulty) throw new Error(`a fault of its own in ${method}`);
};

/** An upstream of a team that breaks its contract. */
@Upstream('awkward')
@Injectable()
class AwkwardUpstream implements UpstreamProvider {
  accepts(): Acceptance {
    mayThrow('accepts');
    return ACCEPTED;
  }

  limitScopes(): readonly string[] {
    mayThrow('limitScopes');
    return ['awkward/all'];
  }

  async relay(): Promise<UpstreamAnswer> {
    if (faulty === 'late') return lateAnswer();
    mayThrow('relay');
    return this.send();
  }

  async send(): Promise<UpstreamAnswer> {
    if (faulty === 'refusal') throw refusalThatThrows();
    if (faulty === 'head') return answerWithoutHead();
    const whole = bodyOfBytes(JSON.stringify({ type: 'message', content: [] }));
    const pipe = (sink: BodySink) => {
      mayThrow('pipe');
      if (faulty === 'resume' || faulty === 'destroy') for (let count = 0; count < 20; count += 1) sink.write(MEBIBYTE);
      else whole.pipe(sink);
    };
    return {
      status: 200,
      headers: ['content-type', 'application/json'],
      body: { pipe, resume: () => mayThrow('resume'), destroy: () => mayThrow('destroy') },
      measuredUsage() {
        mayThrow('measuredUsage');
        return undefined;
      },
    };
  }
}

/** Its header cannot be sent. */
function answerWithoutHead(): UpstreamAnswer {
  const body = { pipe() {}, resume() {}, destroy: () => markDestroyed() };
  return { status: 200, headers: ['content-type', 'application/json', 'x-team', '팀'], body };
}

/** Arrives after the caller has left, and stays open until it is destroyed. */
async function lateAnswer(): Promise<UpstreamAnswer> {
  await sleep(150);
  const destroy = () => markDestroyed();
  return { status: 500, headers: [], body: { pipe() {}, resume() {}, destroy } };
}

function refusalThatThrows(): UpstreamError {
  const body = { pipe: () => mayThrow('refusal'), resume() {}, destroy() {} };
  const answer = { status: 400, headers: ['content-type', 'application/json'], body };
  return new UpstreamError({ failure: 'rejected', message: 'no', isForCaller: true, answer });
}

@Module({ providers: [AwkwardUpstream] })
class AwkwardModule {}

let stage: Stage;
let logged: jest.Spied<Logger['error']>;
let destroyed: Promise<void>;
let markDestroyed: () => void;
let finished: Promise<FinishedExchange>;
let markFinished: (exchange: FinishedExchange) => void;

beforeAll(async () => {
  stage = await startStage({ FALLBACK_CHAIN: 'awkward,anthropic' }, { upstreamModules: [AwkwardModule] });
  stage.gateway.app.get(ExchangeFeed).onFinished((exchange) => markFinished(exchange));
});
beforeEach(() => {
  logged = jest.spyOn(Logger.prototype, 'error');
  ({ promise: destroyed, resolve: markDestroyed } = Promise.withResolvers<void>());
  ({ promise: finished, resolve: markFinished } = Promise.withResolvers<FinishedExchange>());
});
afterEach(() => {
  faulty = undefined;
  logged.mockRestore();
  stage.anthropic.reset();
});
afterAll(() => stage.close());

const linesAbout = (method: Method) =>
  logged.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(`awkward throws in ${method}`));
const post = () => postMessage(stage.gateway);

describe('a team’s upstream that throws where it must not', () => {
  it('in accepts counts as failed: the next one answers, and the log reports it once', async () => {
    faulty = 'accepts';
    expect(await post()).toMatchObject({ status: 200, upstream: 'anthropic', fallback: 'unreachable' });
    expect(await post()).toMatchObject({ status: 200, upstream: 'anthropic' });
    expect((await finished).attempts).toMatchObject([
      { upstream: 'awkward', failure: 'unreachable', reason: expect.stringContaining('a fault of its own') },
      { upstream: 'anthropic', status: 200 },
    ]);
    expect(linesAbout('accepts')).toHaveLength(1);
  });

  it('in limitScopes is treated as one without scopes, in a drill too, and answers; the log reports it once', async () => {
    faulty = 'limitScopes';
    const headers = { 'x-claude-proxy-drill': 'rate-limit', 'x-admin-token': adminTokenOf(stage.gateway) };
    expect(await postMessage(stage.gateway, { headers })).toMatchObject({ status: 200 });
    expect(await post()).toMatchObject({ status: 200, upstream: 'awkward', fallback: null });
    expect(await post()).toMatchObject({ status: 200, upstream: 'awkward' });
    expect(linesAbout('limitScopes')).toHaveLength(1);
  });

  it('in relay causes a 502', async () => {
    faulty = 'relay';
    const answered = await fetch(`${stage.gateway.url}/v1/files`, { headers: { 'x-api-key': 'sk-ant-test-1' } });
    expect(answered.status).toBe(502);
    expect(await answered.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  });

  it('in measuredUsage still answers', async () => {
    faulty = 'measuredUsage';
    expect(await post()).toMatchObject({ status: 200, upstream: 'awkward' });
    expect(await finished).toMatchObject({ outcome: 'completed', status: 200 });
    expect(linesAbout('measuredUsage')).toHaveLength(1);
  });

  it('in the pipe of its body breaks the answer', async () => {
    faulty = 'pipe';
    await expect(post()).rejects.toThrow();
    expect(await finished).toMatchObject({ outcome: 'broken', errorMessage: 'a fault of its own in pipe' });
    expect(linesAbout('pipe')).toHaveLength(1);
  });

  it.each(['/v1/messages', '/v1/files'])('in the pipe of its refusal breaks the answer: %s', async (path) => {
    faulty = 'refusal';
    const headers = { 'x-api-key': 'sk-ant-test-1', 'content-type': 'application/json' };
    const init = path === '/v1/files' ? { headers } : { method: 'POST', headers, body: JSON.stringify(MESSAGE) };
    const answered = fetch(stage.gateway.url + path, { ...init, signal: AbortSignal.timeout(2_000) });
    await expect(answered.then((answer) => answer.text())).rejects.not.toThrow('timeout');
    expect(await finished).toMatchObject({ outcome: 'broken', errorMessage: 'a fault of its own in refusal' });
  });

  it('in the resume of its body breaks the answer', async () => {
    faulty = 'resume';
    await expect(post()).rejects.toThrow();
    expect(await finished).toMatchObject({ outcome: 'broken', errorMessage: 'a fault of its own in resume' });
  });

  it('with a head that cannot be sent counts as failed and is destroyed: the next one answers', async () => {
    faulty = 'head';
    expect(await post()).toMatchObject({ status: 200, upstream: 'anthropic', fallback: 'unreachable' });
    expect((await finished).attempts).toMatchObject([{ failure: 'unreachable' }, { upstream: 'anthropic' }]);
    expect(await Promise.race([destroyed, sleep(500, 'held')])).toBeUndefined();
  });

  it('with a head that cannot be sent causes a 502 without a fallback', async () => {
    faulty = 'head';
    const headers = { 'x-api-key': 'sk-ant-test-1' };
    const answered = await fetch(`${stage.gateway.url}/v1/files`, { headers, signal: AbortSignal.timeout(2_000) });
    expect(answered.status).toBe(502);
    expect(await finished).toMatchObject({ status: 502, outcome: 'refused' });
  });

  it('with an answer after the caller has left is destroyed', async () => {
    faulty = 'late';
    const headers = { 'x-api-key': 'sk-ant-test-1', 'anthropic-version': '2023-06-01' };
    await expect(
      fetch(`${stage.gateway.url}/v1/models`, { headers, signal: AbortSignal.timeout(50) }),
    ).rejects.toThrow();
    expect(await finished).toMatchObject({ outcome: 'aborted' });
    expect(await Promise.race([destroyed, sleep(500, 'held')])).toBeUndefined();
  });

  it('in the destroy of its body affects no other request', async () => {
    faulty = 'destroy';
    const body = JSON.stringify(MESSAGE);
    const client = await RawSocket.connect(stage.gateway.port);
    client.write(headOfPost('/v1/messages', `content-length: ${body.length}`)).write(body);
    await client.readUntil('HTTP/1.1 200');
    client.destroy();
    expect(await finished).toMatchObject({ outcome: 'aborted' });
    await sleep(50);
    faulty = undefined;
    expect(await post()).toMatchObject({ status: 200 });
  });
});
