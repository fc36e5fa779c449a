/**
 * Preloaded into the gateway by the bench of blocks. Answers the message `longest` with the longest time for which the
 * event loop has not turned since the last message. CPU time of the thread gives the same result on a busy machine.
 */
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 2;

if (isMainThread && process.channel) {
  let longest = { cpuMs: 0, ms: 0 };
  let before = { cpu: process.threadCpuUsage(), ms: performance.now() };
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(before.cpu);
    const now = { cpu: process.threadCpuUsage(), ms: performance.now() };
    const cpuMs = (user + system) / 1_000;
    if (cpuMs > longest.cpuMs) longest = { cpuMs, ms: now.ms - before.ms };
    before = now;
  }, EVERY_MS).unref();
  process.on('message', (message) => {
    if (message !== 'longest') return;
    process.send(longest);
    longest = { cpuMs: 0, ms: 0 };
  });
  process.channel.unref();
}
