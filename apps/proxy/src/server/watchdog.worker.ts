import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { StallClock } from './stall-clock.js';
import type { WatchdogOptions } from './watchdog.js';
import { SharedPulse } from './watchdog-pulse.js';

const LOOK_MS = 250;
const STDERR = 2;

const { memory, limitSeconds, isPretty } = workerData as WatchdogOptions;
const pulse = new SharedPulse(memory);
const clock = new StallClock(LOOK_MS);

setInterval(() => {
  const stalledMs = clock.look(pulse.beats, performance.now());
  if (stalledMs >= limitSeconds * 1_000 && pulse.isWatched) end();
}, LOOK_MS);

/** Nothing of the main thread runs any more, so nothing is flushed; what a request wrote to a store is there. */
function end(): void {
  const last = pulse.noted === '' ? 'no request came before' : `the last request was ${pulse.noted}`;
  const msg = `❌ the event loop has stood still for ${limitSeconds} s (WATCHDOG_SECONDS), so the process ends; ${last}`;
  const line = { level: 'fatal', time: new Date().toISOString(), room: 'Watchdog', msg };
  try {
    writeSync(STDERR, `${isPretty ? msg : JSON.stringify(line)}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
