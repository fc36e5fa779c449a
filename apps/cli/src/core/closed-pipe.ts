import { fstatSync } from 'node:fs';

const STDOUT = 1;

/**
 * Calls back once the reader of the standard output has ended. A write would notice that, too, but `logs --follow | head -1` may
 * have none for hours. Node cannot poll a pipe for it, and `tail` of GNU does: with this pipe as its output it ends when the
 * reader does. Elsewhere the next write ends the command.
 */
export function onReaderEnd(callback: () => void): void {
  if (process.platform !== 'linux' || !isPipe()) return;
  const { spawn } = process.getBuiltinModule('node:child_process');
  const watcher = spawn('tail', [`--pid=${process.pid}`, '-f', '/dev/null'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  watcher.unref();
  watcher.once('error', () => {});
  // Another `tail` ends for reasons of its own.
  watcher.once('exit', (_code, signal) => signal === 'SIGPIPE' && callback());
  process.once('exit', () => watcher.kill());
}

function isPipe(): boolean {
  try {
    return fstatSync(STDOUT).isFIFO();
  } catch {
    return false;
  }
}
