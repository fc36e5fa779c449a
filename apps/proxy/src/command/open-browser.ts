import { spawn } from 'node:child_process';

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens a page where there is a browser; where there is none, nothing happens. */
export function openBrowser(url: string): void {
  const [program, ...options] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...options, url], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`No browser could be opened; the page is ${url}\n`));
  child.unref();
}
