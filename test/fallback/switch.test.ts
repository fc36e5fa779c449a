import { rateLimited } from '@claude-proxy/simulator';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fallbackSection } from '../../apps/proxy/src/fallback/fallback.config.js';
import { FallbackSwitch } from '../../apps/proxy/src/fallback/fallback.switch.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask } = adminApi(() => stage.gateway);
const change = (body: unknown) => ask('/api/fallback', { method: 'PUT', body: JSON.stringify(body) });

beforeAll(async () => {
  stage = await startStage({ MAX_RETRY_WAIT_SECONDS: '0' });
});
afterEach(async () => {
  await change({ is_on: true });
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe('the switch of the fallback', () => {
  it("returns Anthropic's refusal at once while it is off, and falls back again after it is on", async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 600 }));
    expect(await postMessage(stage.gateway, { user: 'switched' })).toMatchObject({ upstream: 'bedrock' });
    const off = await change({ is_on: false, reason: 'costs' });
    expect(off.json).toEqual({ is_on: false, is_configured: true, off_since: expect.any(Number), reason: 'costs' });
    expect(await postMessage(stage.gateway, { user: 'switched' })).toMatchObject({
      status: 429,
      upstream: 'anthropic',
    });
    await change({ is_on: true });
    expect(await postMessage(stage.gateway, { user: 'switched' })).toMatchObject({ upstream: 'bedrock' });
  });

  it('is read by every other task, and holds after a restart', async () => {
    const { app } = stage.gateway;
    const other = new FallbackSwitch(app.get(TableStore), app.get(fallbackSection.token));
    await change({ is_on: false });
    await other.refresh();
    expect([other.state().is_on, other.rules.isEnabled]).toEqual([false, false]);
    await change({ is_on: true });
    await other.refresh();
    expect([other.state().is_on, other.rules.isEnabled]).toEqual([true, true]);
  });

  it('is for operators, is on the audit list, and needs a position', async () => {
    const open = await fetch(`${stage.gateway.url}/api/fallback`, { method: 'PUT', body: '{"is_on":false}' });
    expect(open.status).toBe(401);
    expect(await change({ is_on: 'no' })).toMatchObject({ status: 400, text: expect.stringContaining('is_on') });
    await change({ is_on: false, reason: 'costs' });
    const { entries } = (await ask('/api/audit')).json;
    expect(entries[0]).toMatchObject({ act: 'fallback.off', target: null, details: { reason: 'costs' } });
  });
});
