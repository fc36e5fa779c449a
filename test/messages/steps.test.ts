import { gzipSync } from 'node:zlib';
import { answer, cut, overloaded, refuse, silence } from '@claude-proxy/simulator';
import {
  bodyOfBytes,
  type ExchangeStep,
  headersWhere,
  readBody,
  Step,
  type StepCaller,
  type StepEnd,
  type StepRequest,
  type StepRun,
} from '@claude-proxy/upstream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

/** What the steps of this file did, in order. */
const log: string[] = [];
const ends: StepEnd[] = [];

/** Replaces one word on the way out, and back. */
async function swapped(request: StepRequest): Promise<StepRun> {
  const body = Buffer.from(String(await request.readBody()).replaceAll('plain', 'covert'));
  return {
    body,
    headers: headersWhere(request.headers, (name) => name !== 'accept-encoding'),
    async answer(answered) {
      const text = String(await readBody(answered.body, 1024 * 1024)).replaceAll('covert', 'plain');
      const headers = headersWhere(answered.headers, (name) => name !== 'content-length');
      return { ...answered, headers, body: bodyOfBytes(text) };
    },
  };
}

@Step('outer', 10)
@Injectable()
class OuterStep implements ExchangeStep {
  before({ operation }: StepRequest, { user }: StepCaller): StepRun | undefined {
    log.push(`outer before ${operation}`);
    return {
      answerHeaders: ['x-outer', decodeURIComponent(user)],
      answer: (answered) => {
        log.push('outer answer');
        return answered;
      },
      after: (end) => {
        log.push('outer after');
        ends.push({ ...end });
        if (user === 'faulty-after') throw new Error('after failed');
        return user === 'rejected-after' ? Promise.reject(new Error('after failed')) : undefined;
      },
    };
  }
}

@Step('inner', 20)
@Injectable()
class InnerStep implements ExchangeStep {
  async before(request: StepRequest, { user }: StepCaller): Promise<StepRun | undefined> {
    log.push('inner before');
    if (user === 'faulty') throw new Error('secret detail');
    if (user === 'swapped') return swapped(request);
    return {
      answer: (answered) => {
        log.push('inner answer');
        return answered;
      },
      after: () => void log.push('inner after'),
    };
  }
}

@Module({ providers: [InnerStep, OuterStep] })
class StepsModule {}

const ROUND = ['outer before messages', 'inner before', 'inner answer', 'outer answer', 'inner after', 'outer after'];
const upstreamModules = [StepsModule];
let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ FALLBACK_FOR: 'anyone' }, { upstreamModules });
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
  log.length = 0;
  ends.length = 0;
});

const urlOf = (user: string, path = '/v1/messages') => `${stage.gateway.url}/user/${user}${path}`;
const said = (content: string) => ({ ...MESSAGE, messages: [{ role: 'user', content }] });
const hasEnded = async () => {
  while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
};

describe('steps', () => {
  it('run by order on the way out, in reverse on the way back, and end once with usage and price', async () => {
    stage.anthropic.script(answer({ usage: { input_tokens: 10, output_tokens: 5 } }));
    const answered = await postJson(urlOf('alice'), MESSAGE);
    await answered.text();
    await hasEnded();
    expect(log).toEqual(ROUND);
    expect(answered.headers.get('x-outer')).toBe('alice');
    expect(ends).toMatchObject([
      { outcome: 'completed', status: 200, upstream: 'anthropic', usage: { output_tokens: 5 }, user: 'alice' },
    ]);
    expect(ends[0]!.costNanoUsd).toBeGreaterThan(0);
  });

  it.each([
    ['messages', '/v1/messages', said('plain text'), {}],
    ['token counts', '/v1/messages/count_tokens', { model: MESSAGE.model, messages: said('plain').messages }, {}],
    ['chat completions', '/v1/chat/completions', said('plain text'), { authorization: 'Bearer sk-ant-api03-caller' }],
    [
      'responses',
      '/v1/responses',
      { model: MESSAGE.model, input: 'plain text' },
      { authorization: 'Bearer sk-ant-api03-c' },
    ],
    ['batches', '/v1/messages/batches', { requests: [{ custom_id: 'a', params: said('plain text') }] }, {}],
  ])('replace the body of %s', async (_name, path, body, headers) => {
    const answered = await postJson(urlOf('swapped', path), body, { headers: { ...CLIENT_HEADERS, ...headers } });
    expect(answered.status).toBe(200);
    const sent = await stage.anthropic.requestAt(0);
    expect(String(sent.body)).toContain('covert');
    expect(String(sent.body)).not.toContain('plain');
    expect(sent.headers['content-length']).toBe(String(sent.body.length));
  });

  it.each(['/v1/messages', '/v1/messages/batches'])('replace a compressed body of %s by a plain one', async (path) => {
    const body = gzipSync(JSON.stringify(said('plain text')));
    await fetch(urlOf('swapped', path), {
      method: 'POST',
      headers: { ...CLIENT_HEADERS, 'content-encoding': 'gzip' },
      body,
    });
    const sent = await stage.anthropic.requestAt(0);
    expect(sent.headers['content-encoding']).toBeUndefined();
    expect(sent.json).toEqual(said('covert text'));
  });

  it('replace the body that Bedrock gets, and its answer', async () => {
    stage.anthropic.script(overloaded());
    stage.bedrock.script(answer({ text: 'a covert word' }));
    const answered = await postJson(urlOf('swapped'), said('plain text'));
    expect(String((await stage.bedrock.requestAt(0)).body)).toContain('covert text');
    expect(await answered.text()).toContain('a plain word');
  });

  it('leave a relayed body that no step reads as it arrives', async () => {
    const body = gzipSync('{"requests":[]}');
    await fetch(urlOf('alice', '/v1/messages/batches'), {
      method: 'POST',
      headers: { ...CLIENT_HEADERS, 'content-encoding': 'gzip' },
      body,
    });
    const sent = await stage.anthropic.requestAt(0);
    expect(sent.headers['content-encoding']).toBe('gzip');
    expect(sent.body).toEqual(body);
  });

  it('that fail refuse with 503 without a retry, ask no upstream, and end the steps before them', async () => {
    const refused = await postJson(urlOf('faulty'), MESSAGE);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.headers.get('x-outer')).toBe('faulty');
    expect(await refused.text()).not.toContain('secret detail');
    expect(stage.anthropic.requests).toHaveLength(0);
    expect(log).toEqual(['outer before messages', 'inner before', 'outer after']);
    expect(ends).toMatchObject([{ outcome: 'refused', status: 503 }]);
  });

  it.each(['faulty-after', 'rejected-after'])('that fail afterwards change nothing: %s', async (user) => {
    expect((await postJson(urlOf(user), MESSAGE)).status).toBe(200);
    expect((await postJson(urlOf('alice'), MESSAGE)).status).toBe(200);
  });

  it('whose header lines Node would refuse fail before an upstream is asked', async () => {
    const refused = await postJson(urlOf('%C5%82ukasz'), MESSAGE);
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('end once if an upstream refuses', async () => {
    stage.anthropic.script(refuse(400));
    const refused = await postJson(urlOf('alice'), MESSAGE);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('x-outer')).toBe('alice');
    expect(log).toEqual(ROUND);
    expect(ends).toMatchObject([{ outcome: 'refused', status: 400 }]);
  });

  it('end once if a stream breaks', async () => {
    stage.anthropic.script(cut());
    await (await postJson(urlOf('alice'), { ...MESSAGE, stream: true })).text().catch(() => {});
    await hasEnded();
    expect(ends).toMatchObject([{ outcome: 'broken' }]);
  });

  it('end once if the caller leaves', async () => {
    stage.anthropic.script(silence());
    const caller = new AbortController();
    const left = postJson(urlOf('alice'), MESSAGE, { signal: caller.signal }).catch(() => {});
    await stage.anthropic.requestAt(0);
    caller.abort();
    await left;
    await hasEnded();
    expect(ends).toMatchObject([{ outcome: 'aborted' }]);
    expect(log.filter((line) => line === 'outer after')).toHaveLength(1);
  });

  it('that share a name or an order stop the start', async () => {
    @Step('outer', 20)
    @Injectable()
    class Impostor extends OuterStep {}
    @Module({ providers: [Impostor] })
    class ImpostorModule {}
    const start = startGateway({}, { upstreamModules: [StepsModule, ImpostorModule] });
    await expect(start).rejects.toThrow(/two steps are named "outer"[\s\S]*share the order 20/);
  });
});
