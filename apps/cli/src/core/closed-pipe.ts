import { closeSync, constants, fstatSync, openSync } from 'node:fs';

const STDOUT = 1;
const LOOK_MS = 400;
/** Opened for writing, a pipe without a reader fails with ENXIO. */
const PATH = '/proc/self/fd/1';

/**
 * Calls back once the reader of the standard output has ended. A write would notice that, too, but `logs --follow | head -1` may
 * have none for hours. Only Linux can be asked; elsewhere the next write ends the command.
 */
export function onReaderEnd(callback: () => void): void {
  if (process.platform !== 'linux' || !isPipe()) return;
  const timer = setInterval(() => {
    if (hasReader()) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  timer.unref();
}

function isPipe(): boolean {
  try {
    return fstatSync(STDOUT).isFIFO();
  } catch {
    return false;
  }
}

function hasReader(): boolean {
  try {
    closeSync(openSync(PATH, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENXIO';
  }
}
