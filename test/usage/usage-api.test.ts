import { randomUUID } from 'node:crypto';
import { answer, cut, errorAfter, internal, overloaded, rateLimited } from '@claude-proxy/simulator';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { periodShardOf, usageKeyOf, usageTable } from '../../apps/proxy/src/usage/usage.table.js';
import { modelCounter } from '../../apps/proxy/src/usage/usage-counters.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask, written } = adminApi(() => stage.gateway);
const newUser = () => `user-${randomUUID()}`;
const today = () => new Date().toISOString().slice(0, 10);
const usage = {
  input_tokens: 100,
  output_tokens: 50,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 1_000,
  cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
};
/** claude-opus-5-5: 4, 20, 5 and 8, 0.20 dollars per million; a regional profile of Bedrock a tenth more. */
const COST_USD = (100 * 4 + 50 * 20 + 20 * 5 + 10 * 8 + 1_000 * 0.2) / 1e6;
const counts = (requests: number) => ({
  input_tokens: 100 * requests,
  output_tokens: 50 * requests,
  total_tokens: 150 * requests,
  requests,
  cache_creation_input_tokens: 30 * requests,
  cache_read_input_tokens: 1_000 * requests,
});

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

async function usageOf(user: string, query = '') {
  await written();
  return (await ask(`/v1/usage/me?claude-code-user=${encodeURIComponent(user)}${query}`)).json;
}

describe('the tokens of an answer', () => {
  it.each([
    ['in one piece', false, undefined],
    ['streamed', true, undefined],
    ['in one piece, gzip', false, 'gzip' as const],
    ['streamed, gzip', true, 'gzip' as const],
    ['streamed, br', true, 'br' as const],
  ])('are counted exactly: %s', async (_name, isStream, encoding) => {
    const user = newUser();
    stage.anthropic.script(answer({ usage, encoding }));
    await postMessage(stage.gateway, { user, isStream });
    expect(await usageOf(user)).toMatchObject({
      user_id: user,
      request_type: 'all',
      period_days: 7,
      daily_stats: { [today()]: { ...counts(1), cost_usd: expect.closeTo(COST_USD, 9) } },
      by_request_type: { anthropic: counts(1) },
      by_model: { 'claude-opus-5-5': counts(1) },
    });
  });

  it('are counted for Bedrock separately, at its price', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ usage }), rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.setDefault(answer({ usage }));
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user, isStream: true });
    const { by_request_type, summary } = await usageOf(user);
    expect(by_request_type.anthropic).toMatchObject(counts(1));
    expect(by_request_type.bedrock).toMatchObject(counts(1));
    expect(by_request_type.bedrock.cost_usd).toBeCloseTo(COST_USD * 1.1, 9);
    expect(summary).toMatchObject({
      total_requests: 2,
      total_tokens: 300,
      total_input_tokens: 200,
      total_output_tokens: 100,
    });
    expect((await usageOf(user, '&request_type=bedrock')).summary.total_requests).toBe(1);
  });

  it('have the cost null if the model has no price', async () => {
    const user = newUser();
    await postMessage(stage.gateway, { user, model: 'claude-unheard-of' });
    const { summary } = await usageOf(user);
    expect(summary.total_requests).toBe(1);
    expect(summary).toMatchObject({ total_cost_usd: null, total_unpriced_requests: 1 });
  });

  it('have the cost of the priced models, and the number of unpriced requests', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ usage }), answer({ usage }));
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user, model: 'claude-unheard-of' });
    const { summary, daily_stats, by_model } = await usageOf(user);
    const cost_usd = expect.closeTo(COST_USD, 9);
    expect(summary).toMatchObject({ total_requests: 2, total_cost_usd: cost_usd, total_unpriced_requests: 1 });
    expect(daily_stats[today()]).toMatchObject({ cost_usd, unpriced_requests: 1 });
    expect(by_model).toMatchObject({
      'claude-opus-5-5': { cost_usd, unpriced_requests: 0 },
      'claude-unheard-of': { cost_usd: null, unpriced_requests: 1 },
    });
  });

  it('are zero for refusals, failures and count_tokens', async () => {
    const user = newUser();
    stage.anthropic.script(overloaded());
    stage.bedrock.setDefault(internal());
    expect((await postMessage(stage.gateway, { user })).status).toBe(529);
    await fetch(`${stage.gateway.url}/user/${user}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'x-api-key': 'sk-ant-test-1', 'anthropic-version': '2023-06-01' },
      body: '{"model":"claude-opus-5-5","messages":[{"role":"user","content":"hi"}]}',
    });
    expect((await usageOf(user)).summary.total_requests).toBe(0);
  });

  it('are kept, and the output is estimated, if a stream is cut off, breaks, or loses its reader', async () => {
    const user = newUser();
    const text = 'twelve bytes'.repeat(100);
    stage.anthropic.script(cut({ afterEvents: 20, text, usage }), errorAfter(20, 'overloaded_error'));
    await postMessage(stage.gateway, { user, isStream: true });
    await postMessage(stage.gateway, { user, isStream: true });
    await written();
    const { requests } = (await ask(`/api/requests?user=${user}`)).json;
    expect(requests.map((line: { outcome: string }) => line.outcome)).toEqual(expect.arrayContaining(['broken']));
    const cutLine = requests.at(-1);
    expect(cutLine).toMatchObject({
      outcome: 'broken',
      is_output_estimated: true,
      input_tokens: 100,
      cache_read_input_tokens: 1_000,
    });
    expect(cutLine.output_tokens).toBeGreaterThan(0);
    expect(cutLine.output_tokens).toBeLessThan(text.length / 2);
    expect((await usageOf(user)).summary.total_input_tokens).toBeGreaterThanOrEqual(100);
  });
});

describe('GET /v1/usage', () => {
  it('adds up all users of a day', async () => {
    const [alice, bob] = [newUser(), newUser()];
    stage.anthropic.setDefault(answer({ usage }));
    await postMessage(stage.gateway, { user: alice });
    await postMessage(stage.gateway, { user: bob });
    await postMessage(stage.gateway, { user: bob });
    await written();
    const { json } = await ask(`/v1/usage?date=${today()}`);
    expect(json).toMatchObject({ date: today(), request_type: 'all' });
    expect(json.users[alice]).toMatchObject(counts(1));
    expect(json.users[bob]).toMatchObject(counts(2));
    expect(json.summary.total_users).toBe(Object.keys(json.users).length);
    expect((await ask('/v1/usage?date=2020-01-01')).json.summary).toMatchObject({ total_users: 0, total_tokens: 0 });
  });

  it('reads items of the original project', async () => {
    const user = newUser();
    const table = stage.gateway.app.get(TableStore).table(usageTable('claude-proxy-usage'));
    await table.put({
      user_period: `${user}#${today()}`,
      input_tokens: 7,
      output_tokens: 3,
      total_tokens: 10,
      request_count: 1,
      model: 'claude-haiku-4-5',
      request_type: 'bedrock',
      period_type: 'daily',
    });
    expect((await usageOf(user)).daily_stats[today()]).toMatchObject({
      input_tokens: 7,
      output_tokens: 3,
      requests: 1,
    });
  });

  it('counts an item once that an earlier version began and put in the index', async () => {
    const user = newUser();
    const table = stage.gateway.app.get(TableStore).table(usageTable('claude-proxy-usage'));
    const day = today();
    const counted = { input_tokens: 7, output_tokens: 3, total_tokens: 10, request_count: 1 };
    const ofModel = Object.entries(counted).map(([name, value]) => [modelCounter('claude-haiku-4-5', name), value]);
    await table.put({
      user_period: usageKeyOf(user, day, 'anthropic'),
      period_shard: periodShardOf(day, user),
      request_type: 'anthropic',
      ...counted,
      ...Object.fromEntries(ofModel),
    });
    stage.anthropic.script(answer({ usage }));
    await postMessage(stage.gateway, { user });
    const mine = await usageOf(user);
    expect(mine.summary).toMatchObject({ total_requests: 2, total_input_tokens: 107 });
    expect(mine.by_model['claude-haiku-4-5']).toMatchObject({ requests: 1, input_tokens: 7, total_tokens: 10 });
    expect(mine.by_model['claude-opus-5-5']).toMatchObject(counts(1));
    expect((await ask(`/v1/usage?date=${day}`)).json.users[user]).toMatchObject({ requests: 2, input_tokens: 107 });
  });

  it.each([
    ['days=0', 'days is "0"'],
    ['days=91', 'days is "91"'],
    ['days=x', 'days is "x"'],
    ['date=2026-02-30', 'date is "2026-02-30"'],
    ['date=yesterday', 'date is "yesterday"'],
    ['days=7&date=2026-01-01', 'days is "7"'],
    ['request_type=a%20b', 'request_type is "a b"'],
    ['request_type=foo', 'request_type is "foo"; allowed: all, anthropic, bedrock.'],
    ['days=1&days=2', 'days is "1,2"'],
  ])('refuses %s with its name', async (query, message) => {
    const { status, json } = await ask(`/v1/usage?${query}`);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ type: 'invalid_request_error', message: expect.stringContaining(message) });
  });

  it('ignores an empty parameter', async () => {
    const { status, json } = await ask('/v1/usage?days=&date=&request_type=');
    expect([status, json]).toMatchObject([200, { period_days: 7, request_type: 'all' }]);
  });

  it('returns 503 if the store is unreachable, never 200 with an error inside', async () => {
    const lonely = await startStage({ STATE_STORE: 'dynamodb', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' });
    for (const path of ['/v1/usage', '/api/limits', '/api/requests', '/api/analytics']) {
      const response = await fetch(lonely.gateway.url + path);
      expect([path, response.status]).toEqual([path, 503]);
      const message = 'The store does not answer (unreachable).';
      expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'api_error', message } });
    }
    expect((await postMessage(lonely.gateway)).status).toBe(200);
    await lonely.close();
  });
});

describe('days of a time zone', () => {
  it('contain what was asked in them, for one user and for all', async () => {
    const user = newUser();
    const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const dayBefore = new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    stage.anthropic.setDefault(answer({ usage }));
    for (const hour of ['03', '20', '21']) {
      const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.parse(`${day}T${hour}:30:00Z`));
      await postMessage(stage.gateway, { user });
      await written();
      clock.mockRestore();
    }
    const west = '&tz=America/Los_Angeles';
    expect((await usageOf(user, `&date=${day}`)).daily_stats).toEqual({ [day]: expect.objectContaining(counts(3)) });
    expect((await usageOf(user, `&date=${day}${west}`)).summary.total_requests).toBe(2);
    expect((await usageOf(user, `&days=7${west}`)).daily_stats).toEqual({
      [dayBefore]: expect.objectContaining(counts(1)),
      [day]: expect.objectContaining(counts(2)),
    });
    const all = (await ask(`/v1/usage?date=${dayBefore}${west}`)).json;
    expect(all.users[user]).toMatchObject(counts(1));
    expect((await ask(`/v1/usage?date=${dayBefore}`)).json.users[user]).toBeUndefined();
  });

  it('are refused for an unknown zone', async () => {
    const { status, json } = await ask('/v1/usage?tz=Mars/Olympus');
    expect([status, json.error.message]).toEqual([
      400,
      'tz is "Mars/Olympus"; allowed: a time zone of the IANA database, such as Asia/Seoul, or UTC.',
    ]);
  });
});
