import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const NAME = 'gateway.json';

/**
 * Writes the address of this process into its data directory, where the command line of this machine looks for it. The file
 * is removed at the end. Without a directory that can be written, the command line goes by PORT.
 */
export function writeAddressFile(dataDirectory: string, url: string): void {
  const path = join(resolve(dataDirectory), NAME);
  const text = `${JSON.stringify({ url, pid: process.pid })}\n`;
  try {
    mkdirSync(resolve(dataDirectory), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}`, text, { mode: 0o600 });
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    return;
  }
  process.once('exit', () => removeOwn(path, text));
}

/** Another process may have written its own since. */
function removeOwn(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) unlinkSync(path);
  } catch {
    // It is gone already.
  }
}
