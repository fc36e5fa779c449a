import type { Analytics, Figures, UsageOfAll, UsageOfUser } from '@claude-proxy/admin-api';
import { answer, rateLimited, refuse } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { runCcp } from '../support/run-ccp.js';
import { type Stage, startStage } from '../support/start-stage.js';
import { hasChromium, openBrowser, type WatchedBrowser } from '../ui/watched-browser.js';

const USAGE = {
  input_tokens: 100,
  output_tokens: 50,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 1_000,
};
/** 5 requests of ann, of which 4 are answers; one of them is unpriced, and Bedrock answers one. 1 of bob. */
const EXPECTED = { requests: 6, answers: 5, errors: 1, unpriced: 1, fallbacks: 1, all_tokens: 5 * 1_180 };

let stage: Stage;
let analytics: Analytics;
let usage: UsageOfAll;
let ann: UsageOfUser;
const { ask, written } = adminApi(() => stage.gateway);

beforeAll(async () => {
  stage = await startStage();
  const usual = answer({ usage: USAGE });
  stage.bedrock.setDefault(usual);
  stage.anthropic.script(usual, usual, usual, refuse(400), rateLimited({ retryAfterSeconds: 60 }), usual);
  await postMessage(stage.gateway, { user: 'ann' });
  await postMessage(stage.gateway, { user: 'ann', isStream: true });
  await postMessage(stage.gateway, { user: 'ann', model: 'claude-unheard-of' });
  await postMessage(stage.gateway, { user: 'ann' });
  await postMessage(stage.gateway, { user: 'ann', model: 'claude-haiku-5-5' });
  await postMessage(stage.gateway, { user: 'bob', model: 'claude-sonnet-5-5' });
  await written();
  analytics = (await ask('/api/analytics?range=24h&by_user=true')).json;
  usage = (await ask('/v1/usage?days=2')).json;
  ann = (await ask('/v1/usage/me?claude-code-user=ann&days=2')).json;
});
afterAll(() => stage.close());

const TOKENS = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;

describe('one word counts one thing', () => {
  it('in the figures of a range, in total and by user, model, upstream and bucket', () => {
    const { totals, by_user = {}, by_model, by_upstream, buckets } = analytics;
    expect(totals).toMatchObject({
      requests: EXPECTED.requests,
      answers: EXPECTED.answers,
      errors: EXPECTED.errors,
      caller_errors: 1,
      unpriced_requests: EXPECTED.unpriced,
      fallbacks: EXPECTED.fallbacks,
      all_tokens: EXPECTED.all_tokens,
    });
    for (const parts of [Object.values(by_user), Object.values(by_model), Object.values(by_upstream), buckets]) {
      for (const key of ['requests', 'answers', 'errors', 'unpriced_requests', 'all_tokens', ...TOKENS] as const) {
        expect([key, sumOf(parts, key)]).toEqual([key, totals[key]]);
      }
      expect(parts.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0)).toBeCloseTo(totals.cost_usd!, 9);
    }
  });

  it('in the usage per user and day', () => {
    const { totals, by_user = {} } = analytics;
    expect(usage.summary).toMatchObject({
      total_requests: totals.answers,
      total_all_tokens: totals.all_tokens,
      total_unpriced_requests: totals.unpriced_requests,
      total_cost_usd: expect.closeTo(totals.cost_usd!, 9),
    });
    for (const [user, counts] of Object.entries(usage.users)) {
      const { answers, all_tokens, cost_usd } = by_user[user]!;
      expect(counts).toMatchObject({ requests: answers, all_tokens, cost_usd: expect.closeTo(cost_usd!, 9) });
      for (const kind of TOKENS) expect(counts[kind]).toBe(by_user[user]![kind]);
    }
    expect(ann.summary.total_requests).toBe(usage.users.ann!.requests);
    expect(ann.summary.total_all_tokens).toBe(usage.users.ann!.all_tokens);
  });

  it('in the metrics', async () => {
    const { text } = await ask('/metrics');
    const metric = (name: string, label: string) =>
      [...text.matchAll(new RegExp(`^claude_proxy_${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))]
        .filter(([, labels]) => labels!.includes(label))
        .reduce((sum, [, , value]) => sum + Number(value), 0);
    expect(metric('requests_total', 'operation="messages"')).toBe(EXPECTED.requests);
    expect(metric('tokens_total', '')).toBe(EXPECTED.all_tokens);
    expect(metric('unpriced_requests_total', '')).toBe(EXPECTED.unpriced);
    expect(metric('cost_usd_total', '')).toBeCloseTo(analytics.totals.cost_usd!, 9);
    expect(metric('fallbacks_total', '')).toBe(EXPECTED.fallbacks);
  });

  it('on the command line', async () => {
    const env = { CCP_URL: stage.gateway.url, CCP_TOKEN: adminTokenOf(stage.gateway) };
    const status = await runCcp(['status', '--json'], { env });
    expect(status.json.last_hour.totals).toMatchObject({
      requests: EXPECTED.requests,
      all_tokens: EXPECTED.all_tokens,
    });
    const users = await runCcp(['users', '--json'], { env });
    expect(JSON.stringify(users.json)).toContain(`"requests":${usage.users.ann!.requests}`);
  });

  it('never as $0.00 without a price', async () => {
    expect(analytics.by_model['claude-unheard-of']).toMatchObject({ answers: 1, cost_usd: null });
    expect(usage.by_model['claude-unheard-of']).toMatchObject({ cost_usd: null });
  });
});

const inBrowser = hasChromium ? describe : describe.skip;
inBrowser('on the pages', () => {
  let browser: WatchedBrowser;
  const card = (name: string) => browser.page.locator('.card', { has: browser.page.locator('dt', { hasText: name }) });
  beforeAll(async () => {
    browser = await openBrowser();
    await browser.page.goto(`${stage.gateway.url}/ui/#/overview`);
    await browser.page.getByLabel('Admin token').fill(adminTokenOf(stage.gateway));
    await browser.page.getByRole('button', { name: 'Sign in' }).click();
  }, 30_000);
  afterAll(() => browser.close());

  it('the overview has the same sums', async () => {
    await card('Requests').waitFor();
    expect(await card('Requests').innerText()).toMatch(/Requests\s+6\s+5 answered/);
    expect(await card('Tokens').innerText()).toContain('5,900');
    expect(await card('Cost').innerText()).toMatch(/≥ \$/);
    const table = browser.page.locator('table', {
      has: browser.page.getByRole('rowheader', { name: 'claude-unheard-of' }),
    });
    const column = (await table.locator('thead th').allInnerTexts()).findIndex((heading) => heading.startsWith('Cost'));
    const unpriced = table.locator('tbody tr', { hasText: 'claude-unheard-of' });
    expect(await unpriced.locator('th, td').nth(column).innerText()).toBe('–');
  });

  it('the users and their CSV have the same sums, and a search shows the sum of what it finds', async () => {
    const { page } = browser;
    await page.goto(`${stage.gateway.url}/ui/#/users?days=7`);
    await page.getByText('2 users, 5 answers').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    const csv = String(await file.createReadStream().then(async (stream) => Buffer.concat(await stream.toArray())));
    const { requests, cost_usd } = usage.users.ann!;
    expect(csv).toMatch(
      new RegExp(`ann,${requests},1,400,200,120,4000,${String(cost_usd).slice(0, 6).replace('.', '\\.')}`),
    );
    await page.getByRole('searchbox').fill('bob');
    await page.getByText('1 user, 1 answer', { exact: true }).waitFor();
  });

  it('each page names its zone, and a setting rules it', async () => {
    const { page } = browser;
    await page.getByLabel('Time zone').selectOption('Asia/Seoul');
    for (const name of ['overview', 'users', 'users/ann', 'requests', 'limits', 'audit', 'connect']) {
      await page.goto(`${stage.gateway.url}/ui/#/${name}`);
      await page.getByText('All times: Asia/Seoul, UTC+9').waitFor();
    }
    const asked = page.waitForRequest((request) => request.url().includes('/v1/usage/me'));
    await page.goto(`${stage.gateway.url}/ui/#/users/bob`);
    expect((await asked).url()).toContain('tz=Asia%2FSeoul');
  });
});

function sumOf(parts: readonly Figures[], key: keyof Figures): number {
  return parts.reduce((sum, figures) => sum + Number(figures[key] ?? 0), 0);
}
