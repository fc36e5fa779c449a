import { randomUUID } from 'node:crypto';
import { answer, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask, written } = adminApi(() => stage.gateway);
const newUser = () => `user-${randomUUID()}`;

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

async function summaryOf(user: string) {
  await written();
  return (await ask(`/v1/usage/me?claude-code-user=${user}`)).json.summary;
}

const analytics = async () => {
  await written();
  return (await ask('/api/analytics?range=1h')).json;
};

describe('the usage of a user', () => {
  const compaction = { type: 'compaction', input_tokens: 5_000, output_tokens: 700, cache_read_input_tokens: 9_000 };
  const usage = { input_tokens: 100, output_tokens: 10, iterations: [compaction] };

  it.each([
    ['in one piece', false],
    ['streamed', true],
  ])('includes the tokens of a compaction, %s, at their price', async (_name, isStream) => {
    const user = newUser();
    stage.anthropic.script(answer({ usage }));
    await postMessage(stage.gateway, { user, isStream });
    expect(await summaryOf(user)).toMatchObject({
      total_input_tokens: 5_100,
      total_output_tokens: 710,
      total_cache_read_input_tokens: 9_000,
      total_cost_usd: expect.closeTo((5_100 * 4 + 710 * 20 + 9_000 * 0.2) / 1e6, 9),
    });
  });

  it('has the price of fast mode', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ usage: { input_tokens: 1_000, output_tokens: 100, speed: 'fast' } }));
    await postMessage(stage.gateway, { user });
    expect((await summaryOf(user)).total_cost_usd).toBeCloseTo((1_000 * 8 + 100 * 40) / 1e6, 9);
  });
});

describe('GET /api/money', () => {
  const money = async (query: string) => {
    await written();
    return (await ask(`/api/money?${query}`)).json;
  };

  it('splits what was spent, with what caches saved and what fallbacks cost', async () => {
    const user = newUser();
    const usage = { input_tokens: 100, output_tokens: 10, cache_read_input_tokens: 1_000_000 };
    stage.anthropic.script(answer({ usage }), rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(answer({ usage: { input_tokens: 1_000_000, output_tokens: 0 } }));
    for (const model of ['claude-opus-5-5', 'claude-opus-5-5']) await postMessage(stage.gateway, { user, model });
    const { days, names, totals, month } = await money('days=2&by=user');
    const spent = (100 * 4 + 10 * 20 + 1_000_000 * 0.2) / 1e6;
    expect(names.find(({ name }: { name: string }) => name === user)).toMatchObject({
      requests: 2,
      cost_usd: expect.closeTo(spent + 4.4, 6),
      fallback_cost_usd: expect.closeTo(4.4, 6),
      cache_saved_usd: expect.closeTo(3.8, 6),
    });
    expect(days).toHaveLength(2);
    expect(days[1].by[user]).toBeCloseTo(spent + 4.4, 6);
    expect(days[1].cost_usd).toBeCloseTo(totals.cost_usd, 6);
    expect(month).toMatchObject({ forecast_usd: null, previous_cost_usd: null });
    const sumOf = (sums: { cost_usd: number }[]) => sums.reduce((sum, { cost_usd }) => sum + cost_usd, 0);
    for (const by of ['model', 'upstream', 'user']) {
      const split = await money(`days=2&by=${by}`);
      expect([by, sumOf(split.names)]).toEqual([by, expect.closeTo(totals.cost_usd, 6)]);
    }
    expect((await money('days=2&by=team')).names).toEqual([]);
  });

  it.each(['days=0', 'days=91', 'by=shoes'])('refuses %s', async (query) => {
    expect((await ask(`/api/money?${query}`)).status).toBe(400);
  });
});

describe('an answer without a price', () => {
  it('raises a metric and a notice that names the model', async () => {
    const model = 'claude-unheard-of-9';
    stage.anthropic.script(answer({ model }));
    await postMessage(stage.gateway, { user: newUser() });
    const { notices } = await analytics();
    expect(notices).toContainEqual({ kind: 'unpriced', model, requests: 1 });
    const { text } = await ask('/metrics');
    expect(text).toContain(`claude_proxy_unpriced_requests_total{upstream="anthropic",model="${model}"} 1`);
  });
});

describe('a model that Anthropic retires', () => {
  it('raises a notice and a metric with its end and its successor', async () => {
    const model = 'claude-sonnet-4-5-20250929';
    stage.anthropic.script(answer({ model }));
    await postMessage(stage.gateway, { user: newUser() });
    await written();
    const { text } = await ask('/metrics');
    expect(text).toMatch(
      /claude_proxy_model_end_of_life_days\{model="claude-sonnet-4-5-20250929",successor="claude-sonnet-5-5"\} -?\d+/,
    );
    const { notices } = (await ask('/api/analytics?range=24h')).json;
    expect(notices).toContainEqual({
      kind: 'model_ends',
      model,
      retires: '2026-11-30',
      days: expect.any(Number),
      successor: 'claude-sonnet-5-5',
    });
  });
});

describe('a long prompt on Sonnet 4 at Bedrock', () => {
  it('is priced as a long one', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(answer({ usage: { input_tokens: 300_000, output_tokens: 1_000 } }));
    await postMessage(stage.gateway, {
      user,
      body: { model: 'claude-sonnet-4-20250514', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] },
    });
    expect((await summaryOf(user)).total_cost_usd).toBeCloseTo((300_000 * 6 + 1_000 * 22.5) / 1e6, 9);
  });
});
