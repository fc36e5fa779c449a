/**
 * What V8's collector does for each request: its time on the main thread, and the bytes that outlive two collections and
 * move to old space, where dead ones keep young ones alive. One closure kept in a field per answer made streams 2.5 times
 * as dear, and only these figures showed it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { product, Subject } from './subject.mjs';

const CONNECTIONS = { json: 32, sse: 16 };
const WARM_MS = 4_000;
const MEASURED_MS = 4_000;
const TRACED = ['--trace-gc-nvp'];
/** Keeps each request for a second, as a field of an old object would. */
const TRAP = ['--import', fileURLToPath(new URL('garbage-trap.mjs', import.meta.url))];

/** @param hasTrap the process keeps what it should not, so that the check can be seen to fail */
export async function garbageOf(load, hasTrap) {
  const subject = await Subject.start(
    'garbage',
    product(undefined, [...TRACED, ...(hasTrap ? TRAP : [])]),
    load.upstreamPort,
  );
  const figures = new Map();
  for (const workload of Object.keys(CONNECTIONS)) figures.set(workload, await measured(load, subject, workload));
  await subject.stop();
  return figures;
}

async function measured(load, subject, workload) {
  const saturate = (milliseconds) =>
    load.run('saturate', { port: subject.port, workload, connections: CONNECTIONS[workload], milliseconds });
  const log = () => readFileSync(join(subject.directory, 'log'), 'latin1');
  await saturate(WARM_MS);
  const begin = log().length;
  const before = subject.cpuMicroseconds();
  const { answers } = await saturate(MEASURED_MS);
  const cpuMicroseconds = subject.cpuMicroseconds() - before;
  const { pauseMs, promotedBytes } = collectionsIn(log().slice(begin));
  return {
    gcMicroseconds: (pauseMs * 1_000) / answers,
    gcPercent: (pauseMs * 100_000) / cpuMicroseconds,
    promotedKb: promotedBytes / answers / 1_024,
  };
}

/** The sums of `--trace-gc-nvp`, whose lines stand between those of the log. */
export function collectionsIn(text) {
  const sums = { pauseMs: 0, promotedBytes: 0 };
  for (const [, pause, rest] of text.matchAll(/ pause=([\d.]+) (.*gc=.*)/g)) {
    sums.pauseMs += Number(pause);
    sums.promotedBytes += Number(/ promoted=(\d+)/.exec(rest)?.[1] ?? 0);
  }
  return sums;
}
