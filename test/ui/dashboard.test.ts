import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '@claude-proxy/admin-api';
import { answer, rateLimited, refuse } from '@claude-proxy/simulator';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { SignInCodes } from '../../apps/proxy/src/auth/sign-in-codes.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';
import { hasChromium, openBrowser, type WatchedBrowser } from './watched-browser.js';

const TOKEN = 'admin-token-of-the-test';
const newUser = () => `user-${randomUUID().slice(0, 8)}`;

let stage: Stage;
const { ask, written } = adminApi(() => stage.gateway);

beforeAll(async () => {
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
}, 60_000);
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

const inBrowser = hasChromium ? describe : describe.skip;
if (!hasChromium) process.stdout.write('test/ui: /usr/bin/chromium is missing, so the dashboard is not tested.\n');

inBrowser('the dashboard', () => {
  let browser: WatchedBrowser;
  const { go, signIn } = pageActions(() => browser);
  const row = (user: string): Locator => browser.page.locator('tbody tr', { hasText: user });

  beforeAll(async () => {
    browser = await openBrowser();
    await go('');
    await signIn(TOKEN);
    await browser.page.locator('.verdict.is-well, .verdict.is-warning, .verdict.is-trouble').waitFor();
  }, 30_000);
  afterAll(() => browser.close());

  it('keeps its session in a cookie that no script and no other site gets, and the token nowhere', async () => {
    const [cookie] = await browser.context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie!.value).not.toContain(TOKEN);
    expect(browser.page.url()).not.toContain(TOKEN);
    expect(await browser.page.evaluate('JSON.stringify(localStorage) + document.cookie')).not.toContain(TOKEN);
  });

  it('shows a request with its exact tokens as soon as it has ended', async () => {
    const user = newUser();
    await go(`requests?user=${user}`);
    await browser.page.getByText('No request matches these filters.').waitFor();
    await browser.page.locator('.feed-light.is-open').waitFor();
    stage.anthropic.script(answer({ usage: { input_tokens: 12_345, output_tokens: 6_789 } }));
    await postMessage(stage.gateway, { user, isStream: true });
    await row(user).waitFor();
    expect(await row(user).innerText()).toMatch(/claude-opus-5-5[\s\S]*Anthropic[\s\S]*200[\s\S]*12,345[\s\S]*6,789/);
    await browser.page.reload();
    await row(user).waitFor();
    expect(await row(user).innerText()).toMatch(/12,345[\s\S]*6,789/);
  });

  it('shows no results of the old filter under a new one', async () => {
    const user = newUser();
    await go(`requests?user=${user}`);
    await browser.page.getByText('No request matches these filters.').waitFor();
    await browser.page.locator('.feed-light.is-open').waitFor();
    await postMessage(stage.gateway, { user });
    // The result has arrived and is not drawn yet.
    await sleep(100);
    await go('requests?since=2040-01-01T00:00');
    await sleep(1_000);
    await browser.page.getByText('No request matches these filters.').waitFor();
    expect(await row(user).count()).toBe(0);
  });

  it('resets the count of waiting requests for a new filter, whose list is current', async () => {
    const user = newUser();
    const { page } = browser;
    await go(`requests?user=${user}`);
    await page.locator('.feed-light.is-open').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await postMessage(stage.gateway, { user });
    await page.getByText('1 new request waiting').waitFor();
    await go(`requests?user=${user}&status=200`);
    await row(user).waitFor();
    expect(await page.getByText('1 new request waiting').count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
  });

  it('counts the same tokens for the user', async () => {
    const user = newUser();
    stage.anthropic.script(
      answer({ usage: { input_tokens: 1_111, output_tokens: 222 } }),
      answer({ usage: { input_tokens: 3_333, output_tokens: 444 } }),
    );
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user, isStream: true });
    await written();
    await go('users?days=1');
    await browser.page.getByRole('searchbox').fill(user);
    expect(await row(user).innerText()).toMatch(/4,444[\s\S]*666/);
    await row(user).getByRole('link').click();
    await browser.page.getByRole('heading', { name: user }).waitFor();
    await browser.page.getByText('4,444', { exact: true }).first().waitFor();
  });

  it('filters by the selected values', async () => {
    const user = newUser();
    stage.anthropic.script(answer(), refuse(400), rateLimited({ retryAfterSeconds: 60 }));
    for (const _ of [1, 2, 3]) await postMessage(stage.gateway, { user });
    await written();
    await go(`requests?user=${user}`);
    const rows = row(user);
    await rows.nth(2).waitFor();
    await browser.page.getByRole('button', { name: 'Only errors' }).click();
    await rows.filter({ hasText: '400' }).waitFor();
    expect(await rows.count()).toBe(1);
    await browser.page.getByRole('button', { name: 'Only errors' }).click();
    await browser.page.getByLabel('Answered by').selectOption('bedrock');
    await rows.filter({ hasText: 'Bedrock' }).waitFor();
    expect(await rows.count()).toBe(1);
    await browser.page.getByRole('button', { name: 'Clear filters' }).click();
    await browser.page.waitForURL(/#\/requests$/);
  });

  it('finds a request by a part of its id, sorts, keeps both in the address, and goes back', async () => {
    const { page } = browser;
    const user = newUser();
    const outputs = [30, 4_000, 7];
    stage.anthropic.script(...outputs.map((output_tokens) => answer({ usage: { input_tokens: 1, output_tokens } })));
    const ids: string[] = [];
    for (const _ of outputs)
      ids.push((await postMessage(stage.gateway, { user })).headers.get('x-claude-proxy-exchange')!);
    await written();
    await go('requests');
    await page.getByLabel('Search', { exact: true }).fill(user.slice(2, 12).toUpperCase());
    await page.waitForURL(/q=/);
    // The list of the address before has them too.
    await page.locator('tbody tr').filter({ hasNotText: user }).first().waitFor({ state: 'detached' });
    await row(user).nth(2).waitFor();
    await page.getByRole('button', { name: 'Cost' }).click();
    await page.waitForURL(/sort=cost/);
    await page.locator('th[aria-sort=descending]', { hasText: 'Cost' }).waitFor();
    await row(user).first().getByText('4,000').waitFor();
    await page.getByLabel('Search', { exact: true }).fill(ids[2]!.slice(4, 20));
    await page.waitForURL((url) => url.hash.includes(ids[2]!.slice(4, 20)));
    await row(user).nth(1).waitFor({ state: 'detached' });
    await row(user).first().waitFor();
    expect(await row(user).count()).toBe(1);
    await page.reload();
    await row(user).first().waitFor();
    expect(await row(user).count()).toBe(1);
    await page.goBack();
    await row(user).nth(2).waitFor();
    await page.goBack();
    await page.locator('th[aria-sort=descending]', { hasText: 'Time' }).waitFor();
  });

  it('splits the cost of days, hides a series by its legend, and leads to the requests behind a day', async () => {
    const { page } = browser;
    const user = newUser();
    stage.anthropic.script(answer({ usage: { input_tokens: 10, output_tokens: 300_000 } }));
    await postMessage(stage.gateway, { user });
    await written();
    await go('money');
    await page.getByText('User', { exact: true }).last().click();
    await row(user).getByText('$6.00').first().waitFor();
    const legend = page.locator('.legend').first().getByRole('button', { name: user });
    await legend.click();
    expect(await legend.getAttribute('aria-pressed')).toBe('false');
    await page.locator('.chart-table summary').first().click();
    await page.locator('.chart-table').first().getByRole('link').last().click();
    await page.waitForURL(/requests\?since=.*sort=cost/);
    await row(user).first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Cost per day' }).waitFor();
  });

  it('shows each setting with its source, the tasks, and the age of the prices', async () => {
    const { page } = browser;
    await go('settings');
    await page.getByRole('searchbox').fill('admin_token');
    const secret = row('ADMIN_TOKEN').first();
    await secret.getByText('[set]').waitFor();
    await secret.getByText('environment').waitFor();
    expect(await page.content()).not.toContain(TOKEN);
    await row('serving').getByText('this one').waitFor();
    await page
      .getByText(/^Dollars per million tokens at Anthropic, looked up on .* \((today|yesterday|\d+ days ago)\)\.$/)
      .waitFor();
  });

  it('explains a request in a drawer that the keyboard opens and closes', async () => {
    const { page } = browser;
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    await written();
    await go(`requests?user=${user}`);
    const link = row(user).getByRole('link');
    await link.focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByText(/^Anthropic failed after .*: the limit is reached \(429\)\.$/).waitFor();
    await drawer.getByText('Bedrock took over.').waitFor();
    expect(await page.evaluate('document.querySelector("dialog").contains(document.activeElement)')).toBe(true);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.waitForURL((url) => !url.hash.includes('open='));
    expect(await page.evaluate('document.activeElement.closest("tr").innerText')).toContain(user);
  });

  it('reads the next story by an arrow key, while the list stays in use', async () => {
    const { page } = browser;
    const user = newUser();
    stage.anthropic.script(refuse(400), answer());
    for (const _ of [1, 2]) await postMessage(stage.gateway, { user });
    await written();
    await go(`requests?user=${user}`);
    await row(user).nth(1).waitFor();
    await row(user).first().getByRole('link').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('The answer was complete').waitFor();
    await page.keyboard.press('ArrowDown');
    await drawer.getByText('The caller got a refusal with status 400.').waitFor();
    await drawer.getByRole('button', { name: 'Previous in the list' }).click();
    await drawer.getByText('The answer was complete').waitFor();
    // Below the drawer nothing is dimmed, and a click reaches the list.
    await row(user)
      .nth(1)
      .click({ position: { x: 20, y: 10 } });
    await drawer.getByText('The caller got a refusal with status 400.').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  });

  it('shows times in the zone of its setting, also in the fields of a filter, and keeps UTC in the address', async () => {
    const { page } = browser;
    const zone = page.getByLabel('Time zone');
    await go('requests?since=2026-11-27T15:04:00.000Z');
    await zone.selectOption('Asia/Seoul');
    await page.getByText('All times: Asia/Seoul, UTC+9').waitFor();
    const from = page.getByLabel('From');
    expect(await from.inputValue()).toBe('2026-11-28T00:04');
    await from.fill('2026-11-28T09:30');
    await page.waitForURL(/since=2026-11-28T00%3A30/);
    await zone.selectOption('UTC');
    await page.reload();
    expect(await from.inputValue()).toBe('2026-11-28T00:30');
    await zone.selectOption('browser');
  });

  it('has no menu on paper, and charts that are as wide as the paper', async () => {
    const { page } = browser;
    await go('overview?range=30d');
    await page.locator('canvas').first().waitFor();
    await page.setViewportSize({ width: 700, height: 990 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    const cut = await page.evaluate(
      '[...document.querySelectorAll("canvas")].filter((each) => each.offsetWidth > each.parentElement.clientWidth).length',
    );
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 860 });
    expect(cut).toBe(0);
  });

  it('starts a drill, sees Bedrock take over, and ends it', async () => {
    const { page } = browser;
    const user = newUser();
    await go('limits');
    await page.getByText('One user').click();
    await page.getByLabel('User id').fill(user);
    await page.getByLabel('How long').fill('120');
    await page.getByRole('button', { name: 'Start the drill' }).click();
    const drill = page.locator('.drill', { hasText: user });
    await drill.waitFor();
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'bedrock', fallback: 'drill' });
    const line = page.locator('.pulse-lines li', { hasText: user });
    await line.getByText('Bedrock').waitFor();
    await line.getByText('drill', { exact: true }).waitFor();
    await drill.getByText('1 request hit').waitFor({ timeout: 15_000 });
    await drill.getByRole('button', { name: 'Stop' }).click();
    await drill.waitFor({ state: 'detached' });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic' });
  });

  it('turns fallback off with a reason, and on again, each with an entry of the audit list', async () => {
    const { page } = browser;
    await go('limits');
    await page.getByText('Fallback is on.').waitFor();
    await page.getByLabel('Reason', { exact: true }).fill('costs of the weekend');
    await page.getByRole('button', { name: 'Turn fallback off' }).click();
    await page.getByRole('button', { name: 'Turn fallback off' }).click();
    await page.getByText(/Fallback is off since .*: costs of the weekend/).waitFor();
    await page.getByRole('button', { name: 'Turn fallback on' }).click();
    await page.getByText('Fallback is on.').waitFor();
    await written();
    const { entries } = (await ask('/api/audit?limit=2')).json;
    expect(entries.map(({ act, details }: AuditEntry) => [act, details.reason])).toEqual([
      ['fallback.on', ''],
      ['fallback.off', 'costs of the weekend'],
    ]);
  });

  it('counts a limit down and clears it', async () => {
    const { page } = browser;
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
    await postMessage(stage.gateway, { user });
    await go('limits');
    await row(user)
      .getByText(/^(9m \d+s|10m)$/)
      .waitFor();
    await row(user)
      .getByRole('button', { name: `Clear all limits ${user}` })
      .click();
    await row(user).getByRole('button', { name: 'Clear all limits', exact: true }).click();
    await page.getByText(`The limits of ${user} are cleared.`).waitFor();
    await row(user).waitFor({ state: 'detached' });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic' });
  });

  it('adds an account, pauses and resumes it, shows why it was chosen, and removes it', async () => {
    const { page } = browser;
    const user = newUser();
    await go('accounts');
    await page.getByText('The gateway has no API key of its own.').waitFor();
    for (const name of ['first', 'second']) {
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('textbox', { name: 'API key' }).fill(`sk-ant-of-the-${name}`);
      await page.getByRole('button', { name: 'Check and add' }).click();
      await page.getByText(`${name} was added.`).waitFor();
      await row(name).getByText('ready').waitFor();
    }
    expect(await page.content()).not.toContain('sk-ant-of-the');
    await row('first').getByRole('button', { name: 'Pause first' }).click();
    await row('first').getByText('paused', { exact: true }).waitFor();
    const { headers } = await postMessage(stage.gateway, { user, apiKey: null });
    expect(headers.get('x-claude-proxy-account')).toBe('second');
    await go(`requests?user=${user}&open=${headers.get('x-claude-proxy-exchange')}`);
    await page.getByText('Placed on second as a new session.').waitFor();
    await go('accounts');
    await row('first').getByRole('button', { name: 'Resume first' }).click();
    await row('first').getByText('ready').waitFor();
    for (const name of ['first', 'second']) {
      await row(name)
        .getByRole('button', { name: `Remove ${name}` })
        .click();
      await row(name).getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByText(`${name} was removed.`).waitFor();
    }
    await page.getByText('The gateway has no API key of its own.').waitFor();
  });

  it('renders input of clients and upstreams as text', async () => {
    const { page } = browser;
    const user = newUser();
    const hostile = '<img src=x onerror=alert(1)>';
    stage.anthropic.script(refuse(400, { message: `bad: ${hostile}<script>alert(2)</script>` }));
    await postMessage(stage.gateway, { user, model: hostile });
    await written();
    await go(`requests?user=${user}`);
    await row(user).getByText(hostile).filter({ visible: true }).waitFor();
    await row(user).getByRole('link').click();
    await page.getByRole('dialog').getByText(hostile).first().waitFor();
    expect(await page.locator('main img, dialog img, main script').count()).toBe(0);
    await go(`users/${encodeURIComponent(hostile)}`);
    await page.getByRole('heading', { name: hostile }).waitFor();
    expect(await page.locator('main img, dialog img, main script').count()).toBe(0);
  });

  it('shows the lines of each client, and says who answers, with which credential', async () => {
    const { page } = browser;
    const user = newUser();
    await go('connect');
    await page.getByLabel('Usage is counted for').fill(user);
    const address = `${stage.gateway.url}/user/${user}`;
    for (const client of ['Claude Code', 'Anthropic SDK', 'OpenAI SDK', 'Codex', 'LangChain', 'curl']) {
      await page.locator('label', { hasText: client }).last().click();
      await page.locator('pre', { hasText: address }).first().waitFor();
    }
    await page.getByText('For a team').click();
    await page.locator('pre', { hasText: `${stage.gateway.url}/user/YOUR-NAME` }).waitFor();
    await page.getByLabel('Key for the check').fill('sk-ant-of-a-client');
    await page.getByRole('button', { name: 'Check the connection' }).click();
    await page.getByText(/^Anthropic answers, in /).waitFor();
    await page.getByText(`Counted for ${user}.`).waitFor();
    await page.getByText(/^Credential: fingerprint [0-9a-f]+\.$/).waitFor();
    await page.getByText('Anthropic accepts the credential.').waitFor();
    expect(await page.content()).not.toContain('sk-ant-of-a-client');
  });

  it('narrows the overview to a user, compares it with the time before, and leads to errors and hours', async () => {
    const { page } = browser;
    const user = newUser();
    stage.anthropic.script(answer(), refuse(400));
    for (const _ of [1, 2]) await postMessage(stage.gateway, { user });
    await written();
    await go(`overview?range=1h&user=${user}`);
    await page.locator('.card', { hasText: 'Requests' }).getByText('2', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Compared with the time before' }).waitFor();
    await page.getByRole('link', { name: 'invalid or forbidden request' }).click();
    await row(user).getByText('400').filter({ visible: true }).waitFor();
    expect(await row(user).count()).toBe(1);
    await page.goBack();
    await page.locator('.chart-table summary').first().click();
    await page.locator('.chart-table').first().getByRole('link').last().click();
    await row(user).nth(1).waitFor();
    await page.goBack();
    await page.locator('label', { hasText: 'Custom' }).click();
    await page.getByLabel('From').waitFor();
    await page.goBack();
    await page.waitForURL(/range=1h/);
  });

  it.each([
    'overview',
    'users',
    'users/alice',
    'requests',
    'limits',
    'accounts',
    'masking',
    'access',
    'audit',
    'connect',
    'money',
    'settings',
  ])('fits on a phone: %s', async (name) => {
    const { page } = browser;
    await postMessage(stage.gateway, { user: 'alice' });
    await page.setViewportSize({ width: 375, height: 812 });
    await go(name);
    await page.locator('main h1').first().waitFor();
    await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
    const tooWide = await page.evaluate(TOO_WIDE);
    await page.setViewportSize({ width: 1280, height: 860 });
    expect(tooWide).toEqual([]);
  });

  it('reaches every page from the menu of a phone', async () => {
    const { page } = browser;
    await page.setViewportSize({ width: 375, height: 812 });
    await go('overview');
    const more = page.getByRole('button', { name: 'More', exact: true });
    await more.click();
    await page.getByRole('link', { name: 'Keys & budgets' }).click();
    await page.getByRole('heading', { name: 'Keys & budgets' }).waitFor();
    expect(await more.getAttribute('aria-expanded')).toBe('false');
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  it('has caused no browser errors and no requests to other origins', () => {
    expect(browser.complaints).toEqual([]);
    expect([...browser.origins]).toEqual([stage.gateway.url]);
  });
});

inBrowser('the sign-in to the dashboard', () => {
  let browser: WatchedBrowser;
  const { go, signIn } = pageActions(() => browser);

  beforeAll(async () => {
    browser = await openBrowser({ locale: 'ko-KR', colorScheme: 'dark' });
  });
  afterAll(() => browser.close());

  it('is shown in the language and the colours of the browser', async () => {
    await go('');
    await browser.page.getByRole('heading', { name: '로그인' }).waitFor();
    expect(await browser.page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await browser.page.getByLabel('언어').selectOption('en');
    await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await browser.page.reload();
    await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('rejects a wrong token', async () => {
    await signIn('not-the-token');
    await browser.page.getByText('This is not the admin token, and not a valid client key.').waitFor();
  });

  it('says for how long an address is locked out', async () => {
    const wrong = { data: { token: 'not-the-token' }, headers: { origin: stage.gateway.url } };
    for (const _ of [1, 2, 3, 4, 5]) await browser.context.request.post(`${stage.gateway.url}/api/session`, wrong);
    await signIn('not-the-token');
    await browser.page
      .getByText(/^Too many wrong tokens from this address\. Try again in (1m|\d+s); the right one/)
      .waitFor();
  });

  it('shows the age of its figures while the gateway is unreachable, and continues afterwards', async () => {
    const { page } = browser;
    await page.clock.install();
    await signIn(TOKEN);
    await page.getByText(/^Updated /).waitFor();
    await browser.context.route('**/api/**', (route) => route.abort());
    await page.clock.fastForward(40_000);
    await page
      .getByText(/^Last updated \d+s ago, retrying$/)
      .first()
      .waitFor();
    await browser.context.unroute('**/api/**');
    await page.clock.fastForward(60_000);
    await page.getByText(/^Updated /).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('accepts a link once, and removes it from the address and the history', async () => {
    const { page } = browser;
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const code = stage.gateway.app.get(SignInCodes).create(performance.now());
    // In the same tab only the hash changes.
    await go(`#token=${code}`);
    await page.locator('.verdict').waitFor();
    expect(page.url()).toBe(`${stage.gateway.url}/ui/`);
    await page.goBack();
    expect(page.url()).not.toContain(code);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto('about:blank');
    await go(`#token=${code}`);
    await page.getByText('This sign-in link was used before or has expired.').waitFor();
    expect(page.url()).toBe(`${stage.gateway.url}/ui/`);
  });

  it('accepts a link in a new tab', async () => {
    const { page } = browser;
    await page.goto('about:blank');
    await go(`#token=${stage.gateway.app.get(SignInCodes).create(performance.now())}`);
    await page.locator('.verdict').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('is shown again after the end of the session', async () => {
    await signIn(TOKEN);
    await browser.page.locator('.verdict').waitFor();
    await browser.context.clearCookies();
    await go('users');
    await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('is required after signing out', async () => {
    await signIn(TOKEN);
    await browser.page.getByRole('button', { name: 'Sign out' }).click();
    await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await browser.page.reload();
    await browser.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});

inBrowser('the dashboard of a gateway with errors of its callers', () => {
  let own: Stage;
  let browser: WatchedBrowser;
  const go = (hash: string) => browser.page.goto(`${own.gateway.url}/ui/#/${hash}`);
  const { signIn } = pageActions(() => browser);

  beforeAll(async () => {
    [own, browser] = await Promise.all([startStage(), openBrowser()]);
    own.anthropic.setDefault(refuse(400));
    for (let times = 0; times < 6; times += 1) await postMessage(own.gateway, { user: 'ann' });
    await adminApi(() => own.gateway).written();
    await go('overview');
    await signIn(adminTokenOf(own.gateway));
    await browser.page.locator('.verdict').waitFor();
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await own.close();
  });

  it('reports them separately and stays green', async () => {
    await go('overview');
    await browser.page.locator('.verdict.is-well').waitFor();
    expect(await browser.page.locator('.verdict-note').innerText()).toMatch(
      /^6 requests in the last (\d+ minutes|minute)\. 6 were refused for a reason that only the caller can correct\.$/,
    );
    expect(await browser.page.locator('.card', { hasText: 'Errors' }).innerText()).toMatch(/6 requests, 6 by callers/);
  });

  it('shows no price for a request without usage', async () => {
    await go('requests');
    await browser.page.locator('tbody tr a').first().click();
    const cost = browser.page.locator('.facts.is-numbers > div', { hasText: 'Cost' });
    await cost.waitFor();
    expect(await cost.innerText()).toMatch(/^Cost\s+–$/);
  });

  it('marks a cost that excludes requests without a price', async () => {
    const user = newUser();
    own.anthropic.setDefault(answer());
    for (const model of ['claude-opus-5-5', 'claude-unheard-of']) await postMessage(own.gateway, { user, model });
    await adminApi(() => own.gateway).written();
    await go(`users/${user}`);
    const sum = browser.page.locator('.card', { hasText: 'Cost' }).getByTitle('1 request without a known price');
    await sum.waitFor();
    expect(await sum.innerText()).toMatch(/^≥ \$/);
  });

  it('has the labels of a drill on one line', async () => {
    await go('limits');
    await browser.page.locator('.drill-form').waitFor();
    const tops = await browser.page
      .locator('.drill-form label.field > span')
      .evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().top));
    expect(tops).toHaveLength(2);
    expect(tops[0]).toBe(tops[1]);
  });

  it('gives its verdict while the store is away, also to a page that is opened then', async () => {
    const store = own.gateway.app.get(TableStore);
    const { check } = store;
    store.check = () => new Promise(() => {});
    await browser.page.goto('about:blank');
    await go('overview');
    await browser.page.locator('.verdict.is-warning').waitFor();
    await browser.page.getByText('Counts wait in memory until it is back (no answer).').waitFor();
    store.check = check;
  });

  it('shows that the gateway is shutting down', async () => {
    const light = browser.page.locator('.feed-light');
    await light.getByText('Live').waitFor();
    own.gateway.app.get(ExchangeFeed).changed('draining');
    await light.getByText('The gateway is shutting down, reconnecting').waitFor();
  });
});

/** Elements that are wider than the window, or cut off at the edge of their panel. */
const TOO_WIDE = `(() => {
  const root = document.documentElement;
  const cut = [...document.querySelectorAll('.panel, .cards, .copyable, .verdict')];
  return [root, ...cut].filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className || each.tagName);
})()`;

function pageActions(browser: () => WatchedBrowser) {
  return {
    go: async (hash: string) => {
      await browser().page.goto(`${stage.gateway.url}/ui/${hash.startsWith('#') ? hash : hash && `#/${hash}`}`);
    },
    signIn: async (token: string) => {
      await browser()
        .page.getByLabel(/Admin token|관리자 토큰/)
        .fill(token);
      await browser()
        .page.getByRole('button', { name: /^(Sign in|로그인)$/ })
        .click();
    },
  };
}
