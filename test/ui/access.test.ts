import { answer } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { hasChromium, openBrowser, type WatchedBrowser } from './watched-browser.js';

const TOKEN = 'admin-token-of-the-access-test';
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
    expect((await postMessage(pair.gateway, { apiKey: key })).status).toBe(200);
    await admin.written();
    await page.reload();
    await page.getByText('$1.00 / $1.50 a day').waitFor();
  });

  it('list what operators have changed', async () => {
    await go('#/audit');
    for (const act of ['budget.set', 'key.created', 'session.begun'])
      await browser.page.getByText(act).first().waitFor();
  });

  it('are not for a user, whose key opens its own view', async () => {
    const { page } = browser;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await go('me');
    await signIn(key);
    await page.getByRole('heading', { name: 'alice' }).waitFor();
    await page.getByText('$1.00 / $1.50 a day').waitFor();
    await page.getByText('claude-opus-5-5').first().waitFor();
    const pages = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    expect(pages).toEqual(['My usage', 'Requests', 'Connect']);
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
