import { answer } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { hasChromium, openBrowser, type WatchedBrowser } from './watched-browser.js';

const TOKEN = 'admin-token-of-the-access-test';
const SESSION = '5e551017-0000-4000-8000-000000000001';
/** Elements that make the page wider than its window. */
const IS_TOO_WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

let pair: Pair;
let browser: WatchedBrowser;
const admin = adminApi(() => pair.gateway);
const inBrowser = hasChromium ? describe : describe.skip;

const go = (page: string) => browser.page.goto(`${pair.gateway.url}/ui/${page}`);
const signIn = async (token: string) => {
  await browser.page.getByLabel('Admin token or client key').fill(token);
  await browser.page.getByRole('button', { name: 'Sign in' }).click();
};

inBrowser('the pages of keys, budgets and audit', () => {
  let key = '';

  beforeAll(async () => {
    pair = await startPair({ ADMIN_TOKEN: TOKEN, ANTHROPIC_API_KEY: 'sk-ant-operator' });
    pair.anthropic.setDefault(answer({ usage: { input_tokens: 100, output_tokens: 50_000 } }));
    browser = await openBrowser();
    await go('#/access');
    await signIn(TOKEN);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await pair.close();
  });

  it('create a key, show it once, and list it by its id', async () => {
    const { page } = browser;
    const form = page.locator('form', { hasText: 'Create a key' });
    await form.getByLabel('Name').fill('laptop');
    await form.getByLabel('User', { exact: true }).fill('alice');
    await form.getByRole('button', { name: 'Create a key' }).click();
    key = await page.locator('.copyable code').innerText();
    expect(key).toMatch(/^ccp_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$/);
    await page.locator('tbody tr', { hasText: key.slice(4, 12) }).waitFor();
    await page.reload();
    await page.locator('tbody tr', { hasText: 'laptop' }).waitFor();
    expect(await page.content()).not.toContain(key.slice(13));
  });

  it('set a budget, and show what is spent of it', async () => {
    const { page } = browser;
    const form = page.locator('form', { hasText: 'Set the budget' });
    await form.getByLabel('Scope').fill('user:alice');
    await form.getByLabel('US dollars a day').fill('1.5');
    await form.getByRole('button', { name: 'Set the budget' }).click();
    await page.locator('tbody tr', { hasText: 'user:alice' }).waitFor();
    const headers = { 'x-claude-code-session-id': SESSION };
    expect((await postMessage(pair.gateway, { apiKey: key, headers })).status).toBe(200);
    await admin.written();
    await page.reload();
    await page.getByText('$1.00 / $1.50 a day').waitFor();
  });

  it('raise a budget for a time, and set caps in tokens with a cheaper model at the cap', async () => {
    const { page } = browser;
    const row = page.locator('tbody tr', { hasText: 'user:alice' });
    await row.getByRole('button', { name: 'Raise' }).click();
    await row.getByLabel('More US dollars').fill('1');
    await row.getByRole('button', { name: 'Raise' }).click();
    await page.getByText('$1.00 / $2.50 a day').waitFor();
    await row.getByText('raised until').waitFor();
    const form = page.locator('form', { hasText: 'Set the budget' });
    await form.getByLabel('Scope').fill('team:core');
    await form.getByLabel('Tokens a week').fill('90000');
    await form.getByLabel('At a cap').selectOption('cheaper:haiku');
    await form.getByRole('button', { name: 'Set the budget' }).click();
    const team = page.locator('tbody tr', { hasText: 'team:core' });
    await team.getByText('cheaper:haiku').waitFor();
    await team.getByRole('button', { name: 'Change' }).click();
    expect(await form.getByLabel('Tokens a week').inputValue()).toBe('90000');
    await form.getByLabel('Bedrock only').check();
    await form.getByLabel('Without the store').selectOption('refuse');
    await form.getByRole('button', { name: 'Set the budget' }).click();
    await team.getByText('Bedrock', { exact: true }).waitFor();
    await team.getByText('Without the store: refuse').waitFor();
    expect((await admin.ask('/api/budgets/team:core')).json).toMatchObject({
      tokens: { week: 90_000 },
      when_over: 'cheaper:haiku',
      bedrock_only: true,
      on_store_loss: 'closed',
    });
  });

  it('create a team, show what it costs, and give its statement as CSV', async () => {
    const { page } = browser;
    const form = page.locator('form', { hasText: 'Set the team' });
    await form.getByLabel('Team').fill('core');
    await form.getByLabel('Users').fill('alice, bob');
    await form.getByRole('button', { name: 'Set the team' }).click();
    const section = page.locator('section', { has: page.getByRole('heading', { name: 'Teams' }) });
    const row = section.locator('tbody tr', { hasText: 'core' });
    await row.getByText('alice, bob').waitFor();
    expect((await postMessage(pair.gateway, { apiKey: key })).status).toBe(200);
    await admin.written();
    await page.reload();
    await row.getByText('$1.00').waitFor();
    const link = await section.getByRole('link', { name: 'Statement (CSV)' }).getAttribute('href');
    expect((await admin.ask(new URL(link!).pathname + new URL(link!).search)).text).toContain(',team,core,1.0');
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.getByText('alice, bob').waitFor({ state: 'detached' });
  });

  it('list what operators have changed', async () => {
    await go('#/audit');
    for (const act of ['budget.set', 'key.created', 'session.begun'])
      await browser.page.getByText(act).first().waitFor();
  });

  it('show a viewer everything, and nothing that it may not do', async () => {
    const { page } = browser;
    const viewer = (await admin.post('/api/keys', { name: 'v', user: 'vera', roles: ['viewer'] })).json.key;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(viewer);
    for (const [name, text] of [
      ['access', 'user:alice'],
      ['accounts', 'default'],
      ['limits', 'Drills'],
      ['masking', 'off'],
    ] as const) {
      await go(`#/${name}`);
      await page.locator('main').getByText(text).first().waitFor();
      expect([name, await page.locator('main form, main button, main textarea').count()]).toEqual([name, 0]);
    }
  });

  it('show the viewer of a team that team', async () => {
    const { page } = browser;
    const lead = (await admin.post('/api/keys', { name: 'l', user: 'leo', roles: ['viewer'], team: 'core' })).json.key;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(lead);
    await go('#/access');
    await page.locator('tbody tr', { hasText: 'team:core' }).first().waitFor();
    expect(await page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual([
      'Keys & budgets',
      'Requests',
      'Connect',
    ]);
    await page.getByRole('link', { name: 'Statement of the team (CSV)' }).waitFor();
    expect(await page.locator('main').getByText('user:alice').count()).toBe(0);
  });

  it('are not for a user, whose key opens its own view', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await go('me');
    await signIn(key);
    await page.getByRole('heading', { name: 'alice' }).waitFor();
    await page.getByText('$2.00 / $2.50 a day').waitFor();
    await page.getByText('claude-opus-5-5').first().waitFor();
    const own = page.locator('section', { has: page.getByRole('heading', { name: 'My sessions' }) });
    await own.locator('tbody tr', { hasText: SESSION.slice(0, 8) }).waitFor();
    const keys = page.locator('section', { has: page.getByRole('heading', { name: 'My keys' }) });
    await keys.locator('tbody tr', { hasText: key.slice(4, 12) }).waitFor();
    expect(await keys.getByRole('button').count()).toBe(0);
    const pages = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    expect(pages).toEqual(['My usage', 'Requests', 'Sessions', 'Connect']);
    await go('#/access');
    await page.getByRole('heading', { name: 'alice' }).waitFor();
  });

  it.each(['#/me', '#/requests'])('fit on a phone: %s', async (name) => {
    const { page } = browser;
    await page.setViewportSize({ width: 375, height: 812 });
    await go(name);
    await page.locator('main h1').first().waitFor();
    expect(await page.evaluate(IS_TOO_WIDE)).toBe(false);
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('have caused no browser errors and no requests to other origins', () => {
    expect(browser.complaints).toEqual([]);
    expect([...browser.origins]).toEqual([pair.gateway.url]);
  });
});
