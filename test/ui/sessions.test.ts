import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CostService } from '../../apps/proxy/src/prices/cost.service.js';
import { COMPANY } from '../drills/demo/company.js';
import { HistoryWriter } from '../drills/demo/history.js';
import { PastSession } from '../drills/demo/past-session.js';
import { type Stage, startStage } from '../support/start-stage.js';
import { hasChromium, openBrowser, type WatchedBrowser } from './watched-browser.js';

const TOKEN = 'admin-token-of-the-test';
const HOUR_MS = 60 * 60_000;
const SESSIONS = 500;
const REQUESTS = 2_000;
const PHONE = { width: 375, height: 800 };

let stage: Stage;
let browser: WatchedBrowser;
let longest: string;

const inBrowser = hasChromium ? describe : describe.skip;

beforeAll(async () => {
  if (!hasChromium) return;
  stage = await startStage({ ADMIN_TOKEN: TOKEN });
  browser = await openBrowser({ locale: 'en-US' });
  await open('sessions');
  await browser.page.getByLabel('Admin token').fill(TOKEN);
  await browser.page.getByRole('button', { name: 'Sign in' }).click();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

async function open(hash: string): Promise<void> {
  await browser.page.goto(`${stage.gateway.url}/ui/#/${hash}`);
}

/** Sessions of a few requests, and one of many, from the last day. */
async function writeSessions(): Promise<void> {
  const { app } = stage.gateway;
  const gateway = { costs: app.get(CostService), keyIds: new Map<string, string>() };
  const startMs = Date.now() - HOUR_MS;
  const [member] = COMPANY;
  const long = new PastSession(gateway, member!, startMs).play(REQUESTS, Number.POSITIVE_INFINITY).slice(0, REQUESTS);
  longest = long[0]!.session!;
  const others = Array.from({ length: SESSIONS - 1 }, (_, index) =>
    new PastSession(gateway, COMPANY[index % 10]!, startMs + index).play(2, Number.POSITIVE_INFINITY),
  );
  const exchanges = [...long, ...others.flat()];
  await new HistoryWriter(app).write({ startMs, exchanges, copies: 1, isToday: true });
}

inBrowser('the page of sessions', () => {
  it('says how a client names its session while there is none', async () => {
    await browser.page.getByText('A client names its session by x-claude-code-session-id').waitFor();
    await writeSessions();
  });

  it('lists 500 sessions, finds one by its user, and sorts by what cache breaks have cost', async () => {
    const { page } = browser;
    await open('sessions?days=30&limit=500');
    await page.getByText(`${SESSIONS} of ${SESSIONS} sessions`).waitFor();
    await page.getByRole('button', { name: 'Lost' }).click();
    await page.locator('tbody tr').first().getByText(longest).waitFor();
    await page.getByRole('searchbox').fill('no such user');
    await page.getByText('No session or user has “no such user”.').waitFor();
  });

  it('shows a session of 2,000 requests: its context, each cache break with its reason and price, and its requests', async () => {
    const { page } = browser;
    await open(`sessions/${longest}`);
    const breaks = page.locator('section', { hasText: 'Cache breaks and their reasons' }).locator('ol > li');
    await breaks.first().waitFor();
    expect(await breaks.count()).toBeGreaterThan(20);
    expect(await breaks.filter({ hasText: /tokens sent again, \$[\d.]+ more than reading them/ }).count()).toBe(
      await breaks.count(),
    );
    const rows = page.locator('section', { hasText: 'Requests' }).last().locator('tbody tr');
    expect(await rows.count()).toBe(100);
    await page.getByRole('button', { name: 'Show all 2,000' }).click();
    await rows.nth(REQUESTS - 1).waitFor();
    await page.setViewportSize(PHONE);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
  });

  it('has caused no browser errors', () => {
    expect(browser.complaints).toEqual([]);
  });
});
