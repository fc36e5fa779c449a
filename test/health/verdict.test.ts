import type { Verdict } from '@claude-proxy/admin-api';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Lifecycle } from '../../apps/proxy/src/health/lifecycle.js';
import { BedrockRuntime } from '../../apps/proxy/src/upstreams/bedrock/bedrock-runtime.js';
import { adminApi } from '../support/admin-api.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask, post } = adminApi(() => stage.gateway);
const verdict = async () => (await ask('/api/verdict')).json as Verdict;
const restores: (() => void)[] = [];

/** Replaces a method until the end of the test. */
function replace<Name extends string>(object: Record<Name, unknown>, name: Name, value: unknown): void {
  const before = object[name];
  object[name] = value;
  restores.push(() => {
    object[name] = before;
  });
}

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
afterAll(() => stage.close());

describe('GET /api/verdict', () => {
  it('is quiet without a request, and contains the readiness with its details', async () => {
    expect(await verdict()).toMatchObject({
      mood: 'well',
      code: 'quiet',
      mend: null,
      readiness: {
        status: 'ready',
        store: 'ok',
        upstreams: [{ name: 'anthropic', usable: true }, { name: 'bedrock' }],
      },
    });
    expect((await fetch(`${stage.gateway.url}/api/verdict`, { headers: { 'x-real-ip': '10.0.0.1' } })).status).toBe(
      401,
    );
  });

  it('warns without AWS credentials, with what to do', async () => {
    replace(stage.gateway.app.get(BedrockRuntime) as never, 'findCredentials' as never, async () => undefined);
    expect(await verdict()).toMatchObject({
      mood: 'warning',
      code: 'no_fallback',
      headline: 'Anthropic answers; no fallback is available.',
      mend: expect.stringContaining('bedrock:InvokeModelWithResponseStream'),
    });
  });

  it.each([
    ['fails', () => Promise.reject(new Error('gone')), 'failed'],
    ['does not answer', () => new Promise(() => {}), 'no answer'],
  ])('comes while the store %s', async (_how, check, detail) => {
    replace(stage.gateway.app.get(TableStore), 'check', check);
    expect(await verdict()).toMatchObject({
      mood: 'warning',
      code: 'store_away',
      note: expect.stringContaining(`Counts wait in memory until it is back (${detail}).`),
      mend: expect.stringContaining('DATA_DIR'),
    });
  });

  it('says that the process drains, that a drill runs, that fallback is off', async () => {
    const lifecycle = stage.gateway.app.get(Lifecycle);
    lifecycle.isDraining = true;
    expect((await verdict()).code).toBe('draining');
    lifecycle.isDraining = false;
    const { json: drill } = await post('/api/drills', { user: 'drilled', seconds: 60, share: 1 });
    expect((await verdict()).headline).toBe('A drill is running, and no request has come.');
    await ask(`/api/drills/${drill.id}`, { method: 'DELETE' });
    await ask('/api/fallback', { method: 'PUT', body: '{"is_on":false,"reason":"costs"}' });
    expect(await verdict()).toMatchObject({ code: 'fallback_off', note: expect.stringContaining('Reason: costs.') });
    await ask('/api/fallback', { method: 'PUT', body: '{"is_on":true}' });
  });
});

describe('a gateway that requires client keys', () => {
  it('warns if it has no credential of its own', async () => {
    const own = await startStage({ CLIENT_AUTH: 'keys' });
    const { json } = await adminApi(() => own.gateway).ask('/api/verdict');
    expect(json).toMatchObject({ code: 'no_credential', mend: 'Set ANTHROPIC_API_KEY, or add an account.' });
    await own.close();
  });

  it('is trouble if all accounts are out', async () => {
    const own = await startStage({ ANTHROPIC_API_KEYS: 'a=sk-ant-a,b=sk-ant-b', FALLBACK_CHAIN: 'anthropic' });
    const { ask: askOwn } = adminApi(() => own.gateway);
    const { json } = await askOwn('/api/accounts');
    for (const { id } of json.accounts)
      await askOwn(`/api/accounts/${id}`, { method: 'PATCH', body: '{"state":"paused"}' });
    expect((await askOwn('/api/verdict')).json).toMatchObject({ mood: 'trouble', headline: 'All 2 accounts are out.' });
    await own.close();
  });
});
