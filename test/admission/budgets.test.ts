import Anthropic from '@anthropic-ai/sdk';
import type { Budget, BudgetOrder, NewKey } from '@claude-proxy/admin-api';
import { answer, rateLimited, silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { BudgetLedger } from '../../apps/proxy/src/admission/budgets/budget.ledger.js';
import { BudgetSettlements } from '../../apps/proxy/src/admission/budgets/budget.settlements.js';
import { adminApi } from '../support/admin-api.js';
import { listenLive } from '../support/listen-live.js';
import { type Posting, postMessage } from '../support/post-message.js';
import { eventually } from '../support/recorded.js';
import type { RunningGateway } from '../support/start-gateway.js';
import { startPair } from '../support/start-pair.js';
import { startReceiver } from '../support/start-receiver.js';
import { startStage } from '../support/start-stage.js';
import { startTasks, type Tasks } from '../support/start-tasks.js';

/** 10 cents on claude-opus-5-5, whose output costs 20 dollars per million. */
const TEN_CENTS = { input_tokens: 0, output_tokens: 5_000 };
const BODY = { max_tokens: 5_000 };

let tasks: Tasks;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
const admin = adminApi(() => tasks.first);
const second = adminApi(() => tasks.second);
beforeAll(async () => {
  receiver = await startReceiver();
  tasks = await startTasks({ THROTTLE_LIMIT: '0', BUDGET_PATIENCE_MS: '2500', WEBHOOK_URL: receiver.url });
  tasks.anthropic.setDefault(answer({ usage: TEN_CENTS }));
});
afterEach(() => {
  tasks.line.state = 'well';
  tasks.anthropic.reset();
  tasks.anthropic.setDefault(answer({ usage: TEN_CENTS }));
});
afterAll(async () => {
  await tasks.close();
  await receiver.close();
});

let users = 0;
const newUser = () => `spender-${users++}`;
const put = async (scope: string, order: BudgetOrder): Promise<Budget> => {
  const { status, json, text } = await admin.ask(`/api/budgets/${encodeURIComponent(scope)}`, {
    method: 'PUT',
    body: JSON.stringify(order),
  });
  expect([status, text]).toEqual([200, text]);
  await tasks.second.app.get(BudgetLedger).refresh();
  return json;
};
const budgetOf = async (scope: string): Promise<Budget> => {
  await Promise.all([admin.written(), second.written()]);
  return (await admin.ask(`/api/budgets/${encodeURIComponent(scope)}`)).json;
};
const ask = async (gateway: RunningGateway, user: string, posting: Posting = {}) => {
  const answered = await postMessage(gateway, { user, apiKey: null, body: BODY, ...posting });
  await admin.ended();
  return answered;
};
const dayOf = ({ windows }: Budget) => windows.find(({ unit, window }) => unit === 'usd' && window === 'day')!;

describe('a budget', () => {
  it('K7: holds for 500 requests at the same time on two tasks, and afterwards committed is what was spent', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => ask(index % 2 === 0 ? tasks.first : tasks.second, user)),
    );
    const served = answers.filter(({ status }) => status === 200).length;
    expect(served + answers.filter(({ status }) => status === 429).length).toBe(500);
    const { spent, cap } = await eventually(
      async () => dayOf(await budgetOf(`user:${user}`)),
      ({ reserved }) => reserved === 0,
    );
    expect(spent).toBeCloseTo(served * 0.1, 9);
    expect(spent).toBeGreaterThanOrEqual(cap);
    // Twelve reservations of 8.2 cents fit, and a thirteenth gets what is left. Each request costs 10 cents.
    expect(spent).toBeLessThanOrEqual(13 * 0.1 + 1e-9);
  });

  it('K9: that is used up is refused with one request, and the message has cap, spent, renewal and contact', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 0.2 } });
    for (let times = 0; times < 2; times += 1) expect((await ask(tasks.first, user)).status).toBe(200);
    const before = tasks.anthropic.requests.length;
    const refused = await ask(tasks.first, user);
    expect(refused.status).toBe(429);
    expect(JSON.parse(refused.text).error).toEqual({
      type: 'billing_error',
      message: expect.stringMatching(
        /^The budget of the user spender-\d+ is used up: \$0\.20 of \$0\.20 a day\. It renews at 20\d\d-\d\d-\d\d 00:00 UTC\. Ask the operator of this gateway to raise it\.$/,
      ),
    });
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const sdk = new Anthropic({ apiKey: 'proxy-mode', baseURL: `${tasks.first.url}/user/${user}`, maxRetries: 3 });
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const error = await sdk.messages
      .create({ model: 'claude-opus-5-5', max_tokens: 9, messages })
      .catch((thrown) => thrown);
    expect([error.status, error.message]).toEqual([429, expect.stringContaining('is used up')]);
    const openai = new OpenAI({ apiKey: 'proxy-mode', baseURL: `${tasks.first.url}/user/${user}/v1`, maxRetries: 3 });
    const quota = await openai.chat.completions
      .create({ model: 'claude-opus-5-5', messages })
      .catch((thrown) => thrown);
    expect(quota).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(tasks.anthropic.requests).toHaveLength(before);
    await admin.written();
    expect((await admin.ask(`/api/requests?user=${user}&limit=50`)).json.requests).toHaveLength(5);
  });

  it('K10: warns from 75 % in a header, from 75, 95 and 100 % in the live feed, the metrics and the webhook', async () => {
    const user = newUser();
    const live = await listenLive(tasks.first);
    await put(`user:${user}`, { usd: { day: 0.4 } });
    const headers: (string | null)[] = [];
    for (let times = 0; times < 5; times += 1)
      headers.push((await ask(tasks.first, user)).headers.get('x-claude-proxy-budget'));
    expect(headers).toEqual([null, null, null, '75% of $0.40 today', null]);
    const { text } = await admin.ask('/metrics');
    for (const level of [75, 100]) expect(text).toMatch(`claude_proxy_budget_warnings_total{level="${level}"}`);
    expect(text).toMatch(/^claude_proxy_operator_events_total\{type="budget\.reached"\} \d/m);
    const events = await live.operatorEvents(`user:${user}`, 2);
    expect(events.map(({ text: sentence }) => sentence)).toEqual([
      `The budget of user:${user} has reached 75 %: 75% of $0.40 today.`,
      `The budget of user:${user} has reached 100 %: 100% of $0.40 today.`,
    ]);
    expect(live.events).toContainEqual({ type: 'budgets' });
    const details = { level: 100, unit: 'usd', window: 'day', cap: 0.4, spent: 0.4 };
    expect(events[1]).toMatchObject({ type: 'budget.reached', details });
    const posted = await eventually(
      async () => receiver.posts.filter(({ body }) => body.includes(`"user:${user}"`)),
      ({ length }) => length === 2,
    );
    expect(posted.map(({ body }) => JSON.parse(body))).toEqual(events);
    await live.close();
  });

  it('K11: shows the same sum as usage', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { month: 100 } });
    tasks.anthropic.setDefault(answer({ usage: { input_tokens: 12_345, output_tokens: 677 } }));
    for (const isStream of [true, false, true]) await ask(tasks.first, user, { isStream });
    const budget = await budgetOf(`user:${user}`);
    const usage = (await admin.ask(`/v1/usage/me?claude-code-user=${user}`)).json;
    expect(budget.windows[0]!.spent).toBeCloseTo(usage.summary.total_cost_usd, 9);
    const { lines } = (await admin.ask('/api/budgets/statement')).json;
    const line = lines.find(({ scope }: { scope: string }) => scope === `user:${user}`);
    expect(line).toMatchObject({ requests: 3, tokens: 3 * (12_345 + 677) });
    expect(line.usd).toBeCloseTo(usage.summary.total_cost_usd, 9);
    const csv = await admin.ask('/api/budgets/statement?format=csv');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.text).toContain(`,user,${user},`);
  });

  it('can be raised for a time, and holds on every task', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 0.1 } });
    await ask(tasks.first, user);
    expect((await ask(tasks.first, user)).status).toBe(429);
    await admin.written();
    expect((await ask(tasks.second, user)).status).toBe(429);
    const raised = await admin.post(`/api/budgets/user:${user}/raise`, { usd: 0.1, until: Date.now() + 60_000 });
    expect(raised.json).toMatchObject({ raise: { usd: 0.1 }, windows: [{ cap: 0.2, spent: 0.1 }] });
    expect((await ask(tasks.first, user)).status).toBe(200);
    expect((await admin.post(`/api/budgets/user:${user}/raise`, { usd: 0.1, until: 1 })).status).toBe(400);
  });

  it('of a team, a key, everybody of a kind, and in tokens holds with all others', async () => {
    const user = newUser();
    const key = (await admin.post('/api/keys', { name: 'x', user, team: 'budget-team' } satisfies NewKey)).json;
    const withKey = () => postMessage(tasks.first, { user, apiKey: key.key, body: BODY });
    await put('team:budget-team', { tokens: { week: 9_000 } });
    await put('key:*', { usd: { month: 5 } });
    expect([(await withKey()).status, (await withKey()).status]).toEqual([200, 200]);
    expect((await withKey()).text).toContain(
      'The budget of the team budget-team is used up: 10000 tokens of 9000 tokens',
    );
    await put('team:budget-team', { tokens: { week: 90_000 } });
    await put(`key:${key.id}`, { usd: { day: 0.1 } });
    expect((await withKey()).status).toBe(200);
    expect((await withKey()).text).toContain(`The budget of the client key ${key.id} is used up`);
    const mine = await fetch(`${tasks.first.url}/api/budgets`, { headers: { authorization: `Bearer ${key.key}` } });
    const { budgets } = (await mine.json()) as { budgets: Budget[] };
    expect(budgets.map(({ scope }) => scope).sort()).toEqual([`key:${key.id}`, 'team:budget-team']);
    for (const scope of ['team:budget-team', 'key:*', `key:${key.id}`])
      await admin.ask(`/api/budgets/${encodeURIComponent(scope)}`, { method: 'DELETE' });
    expect((await withKey()).status).toBe(200);
  });

  it('falls to a cheaper model for another tenth, which the header names, and refuses then', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 0.1 }, when_over: 'cheaper:haiku' });
    await ask(tasks.first, user);
    tasks.anthropic.setDefault(answer({ usage: { input_tokens: 0, output_tokens: 2_000 } }));
    const cheaper = await ask(tasks.first, user);
    expect(cheaper.headers.get('x-claude-proxy-budget')).toMatch(
      /^100% of \$0\.10 today, so claude-haiku-\S+ answers$/,
    );
    expect(JSON.parse(String(tasks.anthropic.requests.at(-1)!.body)).model).toMatch(/^claude-haiku-/);
    const last = await eventually(
      () => ask(tasks.first, user),
      ({ status }) => status !== 200,
    );
    expect([last.status, last.text]).toEqual([429, expect.stringContaining('is used up')]);
    expect((await ask(tasks.first, user, { model: 'claude-haiku-4-5' })).status).toBe(429);
  });

  it('counts a model without a price by the dearest of its family, and says so', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 10 } });
    await ask(tasks.first, user, { model: 'claude-opus-99' });
    expect(dayOf(await budgetOf(`user:${user}`)).spent).toBeGreaterThanOrEqual(0.1);
    const { lines } = (await admin.ask('/api/budgets/statement')).json;
    const line = lines.find(({ scope }: { scope: string }) => scope === `user:${user}`);
    expect(line.assumed_usd).toBe(line.usd);
  });

  it('is settled once if the caller leaves, and returns what it had reserved', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 5 } });
    tasks.anthropic.script(silence({ afterEvents: 3, usage: TEN_CENTS }));
    const leave = new AbortController();
    const left = ask(tasks.first, user, { isStream: true, signal: leave.signal }).catch(() => undefined);
    await tasks.anthropic.requestAt(0);
    leave.abort();
    await left;
    const { reserved } = await eventually(
      async () => dayOf(await budgetOf(`user:${user}`)),
      (day) => day.reserved < 0.06,
    );
    // A lease in advance may be left: a hundredth of the cap.
    expect(reserved).toBeLessThan(0.06);
  });

  it.each([
    ['an unknown scope', 'user', { usd: { day: 1 } }, /allowed: everybody, user:NAME/],
    ['no cap', 'user:x', {}, /has no cap/],
    ['a cap of 0', 'user:x', { usd: { day: 0 } }, /amounts over 0/],
    ['an unknown reaction', 'user:x', { usd: { day: 1 }, when_over: 'shout' }, /when_over must be/],
  ])('is not set with %s', async (_name, scope, order, message) => {
    const { status, text } = await admin.ask(`/api/budgets/${scope}`, { method: 'PUT', body: JSON.stringify(order) });
    expect([status, text]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('while the store is away', () => {
  it('a caller with a budget is served, and counted afterwards', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 5 } });
    tasks.line.state = 'down';
    expect((await ask(tasks.second, user)).status).toBe(200);
    tasks.line.state = 'well';
    const { spent } = await eventually(
      async () => dayOf(await budgetOf(`user:${user}`)),
      (day) => day.spent > 0,
    );
    expect(spent).toBeCloseTo(0.1, 9);
  });
});

describe('what a task learns', () => {
  it('is the output of earlier answers, so that a request for 128,000 tokens does not reserve them all', async () => {
    const user = newUser();
    await put(`user:${user}`, { usd: { day: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask(tasks.first, user, { body: { max_tokens: 128_000 } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { expectations } = tasks.first.app.get(BudgetSettlements);
    const asked = { user, model: 'claude-opus-5-5', bytes: 320, maxTokens: 128_000, speed: undefined };
    expect(expectations.expected(asked, performance.now()).output_tokens).toBe(5_000);
  });
});

describe('BUDGET_ON_STORE_LOSS=closed', () => {
  it('refuses every request until the budgets have been read once', async () => {
    tasks.line.state = 'down';
    const pair = await startPair({
      ...{ STATE_STORE: 'dynamodb', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_DYNAMODB: tasks.line.url },
      ...{ ANTHROPIC_API_KEY: 'sk-ant-operator', BUDGET_ON_STORE_LOSS: 'closed', BUDGET_PATIENCE_MS: '300' },
    });
    const post = () => postMessage(pair.gateway, { user: newUser(), apiKey: null, body: BODY });
    expect((await post()).status).toBe(503);
    tasks.line.state = 'well';
    expect((await eventually(post, ({ status }) => status === 200)).status).toBe(200);
    await pair.close();
  });
});

describe('FALLBACK_BUDGET_USD_PER_DAY', () => {
  it('is a cap for upstreams of the operator alone', async () => {
    const stage = await startStage({ ANTHROPIC_API_KEY: 'sk-ant-operator', FALLBACK_BUDGET_USD_PER_DAY: '0.1' });
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.setDefault(answer({ usage: TEN_CENTS }));
    const post = () => postMessage(stage.gateway, { user: 'bedrock-user', apiKey: null, body: BODY });
    const api = adminApi(() => stage.gateway);
    expect((await post()).upstream).toBe('bedrock');
    await api.written();
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(refused.fallback).toMatch(/bedrock.*its budget is used up: \$0\.1\d of \$0\.10 a day/);
    expect((await api.ask('/api/budgets')).json.budgets).toMatchObject([{ scope: 'bedrock', bedrock_only: true }]);
    stage.anthropic.setDefault(answer());
    await api.ask('/api/limits/bedrock-user', { method: 'DELETE' });
    await stage.close();
  });

  it.each([
    ['closed', 503],
    ['open', 200],
  ])(
    'BUDGET_ON_STORE_LOSS=%s answers %d while the store is away, and a budget can differ',
    async (onStoreLoss, status) => {
      const pair = await startPair({
        ...{ STATE_STORE: 'dynamodb', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_DYNAMODB: tasks.line.url },
        ...{ ANTHROPIC_API_KEY: 'sk-ant-operator', BUDGET_ON_STORE_LOSS: onStoreLoss },
      });
      const user = newUser();
      const other = newUser();
      await put(`user:${user}`, { usd: { day: 5 } });
      const on_store_loss = onStoreLoss === 'open' ? 'closed' : 'open';
      expect(await put(`user:${other}`, { usd: { day: 5 }, on_store_loss })).toMatchObject({ on_store_loss });
      await pair.gateway.app.get(BudgetLedger).refresh();
      tasks.line.state = 'down';
      const [refused, opposite] = await Promise.all(
        [user, other].map((each) => postMessage(pair.gateway, { user: each, apiKey: null, body: BODY })),
      );
      expect([refused!.status, refused!.headers.get('retry-after')]).toEqual([status, status === 503 ? '5' : null]);
      expect(opposite!.status).toBe(status === 503 ? 200 : 503);
      tasks.line.state = 'well';
      await pair.close();
    },
  );
});
