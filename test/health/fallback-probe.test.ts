import type { Readiness } from '@claude-proxy/admin-api';
import { accessDenied } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FallbackProbe } from '../../apps/proxy/src/health/fallback-probe.js';
import { adminApi } from '../support/admin-api.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask } = adminApi(() => stage.gateway);
const probe = () => stage.gateway.app.get(FallbackProbe);
const bedrockState = async () =>
  ((await ask('/health/ready')).json as Readiness).upstreams.find(({ name }) => name === 'bedrock');

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => stage.bedrock.reset());
afterAll(() => stage.close());

describe('the probe of fallback upstreams', () => {
  it('sends nothing without FALLBACK_PROBE_MINUTES', () => {
    expect(stage.bedrock.requests).toEqual([]);
  });

  it('sends one small stream to Bedrock and none to the first choice', async () => {
    await probe().run();
    expect(stage.bedrock.requests.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/model\/.*claude-haiku-5-5\/invoke-with-response-stream$/),
    ]);
    expect(stage.bedrock.requests[0]!.json).toMatchObject({ max_tokens: 16 });
    expect(stage.anthropic.requests).toEqual([]);
  });

  it('reports an upstream as not usable after two failures, with the reason, and as usable after the next success', async () => {
    stage.bedrock.setDefault(accessDenied());
    await probe().run();
    expect(await bedrockState()).toMatchObject({ usable: true });
    await probe().run();
    expect(await bedrockState()).toMatchObject({ usable: false, detail: expect.stringMatching(/last probe: .+/) });
    stage.bedrock.reset();
    await probe().run();
    expect(await bedrockState()).toMatchObject({ usable: true });
  });

  it('tries one model when an operator asks, with the reason of each upstream that does not answer', async () => {
    const trialOf = async (model: string) =>
      (await ask('/api/fallback/probe', { method: 'POST', body: JSON.stringify({ model }) })).json.trials;
    expect(await trialOf('claude-opus-5-5')).toEqual([
      { upstream: 'bedrock', model: 'claude-opus-5-5', answered: true, detail: '', duration_ms: expect.any(Number) },
    ]);
    stage.bedrock.setDefault(accessDenied());
    expect(await trialOf('claude-opus-5-5')).toMatchObject([{ answered: false, detail: expect.stringMatching(/.+/) }]);
    expect((await ask('/api/fallback/probe', { method: 'POST', body: '{}' })).status).toBe(400);
  });

  it('sends nothing while fallback is off', async () => {
    await ask('/api/fallback', { method: 'PUT', body: '{"is_on":false}' });
    await probe().run();
    expect(stage.bedrock.requests).toEqual([]);
  });
});
