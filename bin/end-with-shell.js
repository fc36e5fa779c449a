// npm sends SIGTERM to the shell that runs the script, and dash ends by it alone: the program would go on without a
// parent. Started by npm, a program therefore takes the end of that shell as a SIGTERM.
import { isMainThread } from 'node:worker_threads';

const POLL_MS = 200;
// On Windows there are no signals to forward. Worker threads get this module by the flags of their process.
const isOfNpm = process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32' && isMainThread;

/** For the flags of a program that is started in place of this process. */
export const END_WITH_SHELL = isOfNpm ? [`--import=${import.meta.url}`] : [];

if (isOfNpm) {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}
