// npm sends SIGTERM to the shell that runs a script, and dash ends by it and forwards nothing: the program would run on
// without a parent. A program that a script of this package runs therefore treats the end of its shell as a SIGTERM.
import { isMainThread } from 'node:worker_threads';

const POLL_MS = 200;
// Scripts of other packages may start the gateway in the background. Windows has no signals to forward. Worker threads
// get this module by the flags of their process.
const isRunByScript = process.env.npm_package_name === 'claude-code-proxy';
const isWatching = isRunByScript && process.platform !== 'win32' && isMainThread;

/** For the flags of a program that is started in place of this process. */
export const END_WITH_SHELL = isWatching ? [`--import=${import.meta.url}`] : [];

if (isWatching) {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}
