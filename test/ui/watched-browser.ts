import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Two tests run in parallel on two cores, and a browser takes a large share of them. */
const PATIENCE_MS = 30_000;

export const hasChromium = existsSync(CHROMIUM);

/** A separate browser, with a record of everything that our pages must not do. */
export interface WatchedBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors, exceptions, dialogs. */
  readonly complaints: string[];
  /** All origins that got a request. */
  readonly origins: Set<string>;
  close(): Promise<void>;
}

export async function openBrowser(options: BrowserContextOptions = {}): Promise<WatchedBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'claude-proxy-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: ARGUMENTS,
    viewport: { width: 1280, height: 860 },
    locale: 'en-US',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:') origins.add(url.origin);
  });
  return {
    context,
    page,
    complaints,
    origins,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
