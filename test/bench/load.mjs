/** The upstream and the load, in a separate process, so that their CPU time does not count for the subject. */

import { closeIdle, openIdle, pace, saturate } from './client.mjs';
import { askAmongFaults, startFaultyUpstream } from './fault-soak.mjs';
import { seen, startUpstream } from './upstream.mjs';

const TASKS = {
  saturate,
  pace,
  openIdle,
  closeIdle,
  seen: () => seen,
  faultyUpstream: startFaultyUpstream,
  askAmongFaults,
  upstream: async () => ({ port: await startUpstream() }),
};

process.on('message', async ({ id, task, options }) => {
  try {
    const result = await TASKS[task](options);
    process.send({ id, result: summarised(result) });
  } catch (error) {
    process.send({ id, error: String(error.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit(0));

/** Reduces tens of thousands of delays to percentiles, the only values that are sent to the parent. */
function summarised(result) {
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, value instanceof Float64Array ? percentiles(value) : value]),
  );
}

function percentiles(values) {
  const at = (share) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
