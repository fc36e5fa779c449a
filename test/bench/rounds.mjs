/** Runs each workload on all subjects in turn and measures its cost per subject. */
import { unlessPeerFails, withoutFailures } from './peers.mjs';

const DIRECT = 'direct';
const MAX_WRITE_WAITS = 20;
const WARM_UP_PATIENCE_MS = 30_000;
const FAULT_SOAK_PATIENCE_MS = 10 * 60_000;

/** Repeats saturated slices, one subject after the other, so that noise from other processes affects all equally. */
export async function saturated(load, subjects, { workload, connections, rounds, sliceMs, warmUp }) {
  const costs = new Map(subjects.map(({ name }) => [name, []]));
  const run = async (subject, milliseconds, count) => {
    const before = subject.cpuMicroseconds();
    const { port, head } = subject;
    const { answers } = await slice(load, { port, head, workload, connections, milliseconds, count });
    return (subject.cpuMicroseconds() - before) / answers;
  };
  for (const subject of subjects) await unlessPeerFails(subject, () => run(subject, WARM_UP_PATIENCE_MS, warmUp));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of turned(subjects, round)) {
      await unlessPeerFails(subject, async () => costs.get(subject.name).push(await run(subject, sliceMs)));
    }
  }
  return withoutFailures(costs, subjects);
}

/** CPU per event of streams with single events, and the added delay of each event. */
export async function pacedStreams(load, subjects, { streams, rounds, seconds, intervalMs = 25 }) {
  const costs = new Map(subjects.map(({ name }) => [name, []]));
  const delays = new Map([DIRECT, ...costs.keys()].map((name) => [name, []]));
  const events = Math.round((seconds * 1_000) / intervalMs);
  const run = async ({ port, head }) => checked(await load.run('pace', { port, head, streams, intervalMs, events }));
  delays.get(DIRECT).push((await run({ port: load.upstreamPort })).delayMs);
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of turned(subjects, round)) {
      await unlessPeerFails(subject, async () => {
        const before = subject.cpuMicroseconds();
        const { events: arrived, delayMs } = await run(subject);
        costs.get(subject.name).push((subject.cpuMicroseconds() - before) / arrived);
        delays.get(subject.name).push(delayMs);
      });
    }
  }
  return { costs: withoutFailures(costs, subjects), delays: added(withoutFailures(delays, subjects)) };
}

/** Milliseconds until the first byte of streams that begin within a second, several times in one process. */
export async function bursts(load, subject, { streams, times }) {
  const firstBytes = [];
  for (let time = 0; time < times; time += 1) {
    const options = { port: subject.port, streams, intervalMs: 25, events: 20, beginMs: 1_000 };
    firstBytes.push(checked(await load.run('pace', options)).firstByteMs);
  }
  return firstBytes;
}

/** One small request at a time: the added delay of its first byte, in milliseconds. */
export async function firstBytes(load, subjects, { rounds, count }) {
  const delays = new Map([DIRECT, ...subjects.map(({ name }) => name)].map((name) => [name, []]));
  const targets = [{ name: DIRECT, port: load.upstreamPort }, ...subjects];
  for (let round = 0; round < rounds; round += 1) {
    for (const target of turned(targets, round)) {
      const { name, port, head } = target;
      const options = { port, head, workload: 'json', connections: 1, milliseconds: 5_000, count };
      await unlessPeerFails(target, async () => delays.get(name).push((await slice(load, options)).firstByteMs));
    }
  }
  return added(withoutFailures(delays, subjects));
}

/** Kilobytes per open stream, in a fresh process. */
export async function idleStreams(load, subject, streams) {
  await slice(load, { port: subject.port, workload: 'sse', connections: 16, milliseconds: 1_500 });
  await settled();
  const before = subject.memory('VmRSS');
  const { open } = await load.run('openIdle', { port: subject.port, streams });
  if (open !== streams) throw new Error(`${open} of ${streams} idle streams have opened`);
  await settled();
  const perStreamKb = ((subject.memory('VmRSS') - before) * 1_024) / streams;
  const peakMb = subject.memory('VmHWM');
  await load.run('closeIdle');
  return { perStreamKb, peakMb };
}

/** Store calls by kind for `count` exchanges after a warm-up, until all of them are written. */
export async function storeCalls(load, subject, dynamo, count) {
  const options = { port: subject.port, workload: 'json', connections: 32, milliseconds: 30_000, count };
  await slice(load, options);
  await allWritten(dynamo);
  dynamo.calls.clear();
  const before = subject.cpuMicroseconds();
  const begin = performance.now();
  const { answers } = await slice(load, options);
  await allWritten(dynamo);
  const seconds = (performance.now() - begin) / 1_000;
  return { answers, calls: dynamo.calls, seconds, microseconds: (subject.cpuMicroseconds() - before) / answers };
}

async function allWritten(dynamo) {
  for (let tries = 0; tries < MAX_WRITE_WAITS; tries += 1) {
    const before = dynamo.writes;
    await settled();
    if (dynamo.writes === before) return;
  }
  throw new Error('the store is still written to');
}

/** Memory after every tenth of the exchanges. */
export async function soak(load, subject, exchanges) {
  const portions = [];
  for (let portion = 0; portion < 10; portion += 1) {
    const options = { port: subject.port, connections: 16, milliseconds: 50_000 };
    const half = Math.round(exchanges / 20);
    await slice(load, { ...options, workload: 'json', count: half });
    await slice(load, { ...options, workload: 'sse', count: half });
    portions.push(subject.memory('VmRSS'));
  }
  return portions;
}

/** Memory and open handles after every tenth of the requests with faults, and the results of their callers. */
export async function faultSoak(load, subject, requests, report) {
  const portions = [];
  const count = Math.round(requests / 10);
  for (let portion = 0; portion < 10; portion += 1) {
    const begin = performance.now();
    const options = { port: subject.port, first: portion * count, count };
    const { seen } = await load.run('askAmongFaults', options, FAULT_SOAK_PATIENCE_MS);
    const seconds = (performance.now() - begin) / 1_000;
    await settled();
    const now = { rss: subject.memory('VmRSS'), handles: subject.openHandles() };
    portions.push(now);
    const sights = Object.entries(seen).map(([sight, times]) => `${times} x ${sight}`);
    report(
      `${count} in ${seconds.toFixed(0)} s: RSS ${now.rss.toFixed(0)} MB, ${now.handles} handles; ${sights.join(', ')}`,
    );
    if (seen.silent) throw new Error(`${seen.silent} answers are missing`);
  }
  return portions;
}

async function slice(load, options) {
  return checked(await load.run('saturate', options));
}

function checked(result) {
  if (result.faults > 0) throw new Error(`${result.faults} answers differ from the bytes of the upstream`);
  if (!result.answers) throw new Error('no answer came');
  return result;
}

/** Each round starts with a different subject, and every other one goes backwards: no subject always follows the same one. */
function turned(list, round) {
  const first = round % list.length;
  const turn = [...list.slice(first), ...list.slice(0, first)];
  return round % 2 === 0 ? turn : turn.reverse();
}

function added(delays) {
  const of = (name, share) => median(delays.get(name).map((each) => each[share]));
  const names = [...delays.keys()].filter((name) => name !== DIRECT);
  return new Map(
    names.map((name) => [name, { p50: of(name, 'p50') - of(DIRECT, 'p50'), p99: of(name, 'p99') - of(DIRECT, 'p99') }]),
  );
}

function settled() {
  return new Promise((resolve) => setTimeout(resolve, 1_500));
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Half the distance between the quartiles. */
export function spread(values) {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at % 1);
}
