/** `npm run bench`: compares the gateway's cost with a bare relay, nginx and other gateways. See "The byte path" in ARCHITECTURE.md. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { longestBlocks } from './blocks.mjs';
import { CountedDynamo, ENGINE } from './dynamo.mjs';
import { FEATURE_COLUMNS, switchOn } from './features.mjs';
import { garbageOf } from './garbage.mjs';
import { LoadProcess } from './load-process.mjs';
import { reportFailures, startPeers, unlessPeerFails } from './peers.mjs';
import { Quota } from './quota.mjs';
import { readsOf } from './reads.mjs';
import { Report } from './report.mjs';
import { bursts, faultSoak, firstBytes, idleStreams, pacedStreams, saturated, soak, storeCalls } from './rounds.mjs';
import { bareRelay, nginx, product, Subject } from './subject.mjs';
import { tapMicrosecondsPerEvent } from './tap-cost.mjs';
import { conflictsOfTasks } from './tasks.mjs';

const LONGEST_RUN_MS = 20 * 60 * 1_000;
const SATURATED = { json: 32, sse: 16, body400k: 8, body2m: 4 };
/** Answers after which V8 compiles little more: a JSON request costs 1.4 times as much after 6,000 as after 20,000. */
const WARM_UP = { json: 20_000, sse: 3_000, body400k: 600, body2m: 150 };
const LARGEST_GROWTH = 1.05;
/** Larger, because the fault bodies have odd sizes. */
const LARGEST_GROWTH_AMONG_FAULTS = 1.15;
/** Limit for blocks of the event loop by one body of any size. */
const LONGEST_BLOCK_MS = 250;
const BLOCKS_SHOWN = 12;
const BURSTS = { streams: 500, times: 4 };
/** Exchanges whose calls of DynamoDB are counted. */
const COUNTED_EXCHANGES = 5_000;
/** A fleet at 4 requests a second each, on one engine. */
const TASKS = { tasks: 24, seconds: 10, exchangesPerSecond: 4 };
const MAX_CONFLICT_PERCENT = 2;
/** The data read from the embedded store, and the limit for a turn of the event loop meanwhile. */
const COMPANY = { users: 500, days: 30 };
const MAX_TURN_MS = 20;
/** Limits of a user and changes are read once a second and drills every two seconds, independent of the number of requests. */
const MAX_READS_PER_SECOND = 3;
/** A batch has 25 lines, and 250 exchanges share their counters. The last batch of a second is smaller. */
const MAX_WRITES_PER_EXCHANGE = 0.1;

const { values: options } = parseArgs({
  options: {
    only: {
      type: 'string',
      default: 'tap,pool,keys,sessions,json,sse,paced,body400k,body2m,delay,garbage,burst,idle,dynamo',
    },
    rounds: { type: 'string', default: '9' },
    'slice-ms': { type: 'string', default: '500' },
    streams: { type: 'string', default: '200' },
    idle: { type: 'string', default: '2000' },
    quota: { type: 'string' },
    soak: { type: 'string' },
    faults: { type: 'boolean', default: false },
    beside: { type: 'string' },
    peers: { type: 'string' },
    features: { type: 'boolean', default: false },
    shape: { type: 'string' },
    max: { type: 'boolean', default: false },
    trap: { type: 'boolean', default: false },
  },
});
/** Messages of a conversation of 400 KB: files, usual turns of tools, and many small ones. */
const SESSION_MESSAGES = [20, 100, 400, 2_000];
const USUAL_MESSAGES = 400;
const only = new Set(options.only.split(','));
const rounds = Number(options.rounds);
const report = new Report();
const running = new Set();
const load = new LoadProcess();
let quota;
setTimeout(() => end(new Error('the run took too long')), LONGEST_RUN_MS).unref();
// A reader such as `head` may close the pipe early.
process.stdout.once('error', (error) => end(error));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end(new Error(`stopped by ${signal}`)));

async function main() {
  if (options.only === 'tasks') return runConflicts();
  if (options.only === 'reads') return runReads();
  if (options.soak && options.faults) return runFaultSoak(Number(options.soak));
  load.upstreamPort = (await load.run('upstream')).port;
  if (options.soak) await runSoak(Number(options.soak));
  else if (options.only === 'blocks') await runBlocks();
  else if (options.only === 'garbage') await runGarbage();
  else await runSideBySide();
  const { requests, printedAnew, faults } = await load.run('seen');
  report.line(`\n${requests} requests reached the upstream, ${faults} with another body than was sent`);
  if (printedAnew > 0)
    report.line(`${printedAnew} of them were printed anew by a peer: only their length was compared`);
  if (faults > 0) throw new Error('requests were changed on the way');
  if (options.max && report.overLimit.length > 0) throw new Error(`over the limit: ${report.overLimit.join('; ')}`);
}

/** Parts that are measured alone, inside of this process. */
async function reportParts() {
  if (only.has('tap'))
    report.line(`answer observer: ${tapMicrosecondsPerEvent().toFixed(3)} us for each event of a stream`);
  if (only.has('pool')) await reportPool();
  if (only.has('masking')) await reportMasking();
  if (only.has('keys')) await reportKeys();
  if (only.has('sessions')) await reportSessions();
}

async function runSideBySide() {
  await reportParts();
  const commands = commandsByName();
  const subjects = await startAll(commands);
  if (options.quota) {
    quota = Quota.of(Number(options.quota), subjects);
    report.line(quota ? `each subject has ${options.quota} of a core` : 'no quota: no cgroup can be written here');
  }
  const ofProduct = subjects.find(({ name }) => name === 'product');
  report.figure('startMs', ofProduct.startMs, 'ms');
  const slices = { rounds, sliceMs: Number(options['slice-ms']) };
  for (const workload of ['json', 'sse']) await runSaturated(workload, subjects, slices);
  if (only.has('delay')) {
    const delays = await firstBytes(load, subjects, { rounds: Math.min(rounds, 7), count: 400 });
    report.delays('first byte', delays);
    reportFailures(subjects, report);
    report.figure('firstByteMs', delays.get('product').p50, 'ms');
  }
  if (only.has('paced')) {
    const streams = Number(options.streams);
    const paced = await pacedStreams(load, subjects, { streams, rounds: Math.min(rounds, 5), seconds: 3 });
    report.costs('paced', paced.costs);
    report.delays(`event of one of ${streams} streams`, paced.delays);
    reportFailures(subjects, report);
  }
  for (const workload of ['body400k', 'body2m']) await runSaturated(workload, subjects, slices);
  for (const subject of subjects) {
    await unlessPeerFails(subject, () =>
      report.line(`${subject.name}: peak RSS ${subject.memory('VmHWM').toFixed(0)} MB`),
    );
  }
  reportFailures(subjects, report);
  report.figure('peakMb', ofProduct.memory('VmHWM'), 'MB');
  for (const subject of subjects) await stop(subject);
  if (only.has('garbage')) await runGarbage();
  if (only.has('burst')) await runBursts(commands);
  if (only.has('idle')) await runIdle(commands);
  if (only.has('dynamo')) await runDynamo();
}

async function startAll(commands) {
  const subjects = [];
  for (const [name, command] of commands) subjects.push(await start(name, command));
  if (options.features) subjects.push(...(await startWithFeatures()));
  if (options.peers) subjects.push(...(await startPeers(options.peers, start, report)));
  return subjects;
}

async function startWithFeatures() {
  const subjects = [];
  for (const [name, column] of FEATURE_COLUMNS) {
    const subject = await start(name, column.around(product()));
    await switchOn(load, subject, column);
    subjects.push(subject);
  }
  return subjects;
}

async function reportMasking() {
  const { maskingCosts } = await import('./masking-cost.mjs');
  const { coldMs, seenMs, parsedMs, eventMicroseconds } = maskingCosts();
  const ratios = [coldMs, seenMs].map((ms) => `${(ms / parsedMs).toFixed(2)} x`).join(', ');
  report.line(`masking at first sight and seen before: ${ratios} the time of JSON.parse and JSON.stringify`);
  report.figure('maskingColdMs', coldMs, 'ms');
  report.figure('maskingSeenMs', seenMs, 'ms');
  report.figure('maskingEventMicroseconds', eventMicroseconds, 'us');
}

async function reportPool() {
  const { poolMicrosecondsPerRequest } = await import('./pool-cost.mjs');
  const { warm, closed } = poolMicrosecondsPerRequest();
  report.line(`pool of 50 accounts: ${closed.toFixed(1)} us for each request while one organization is closed`);
  report.figure('poolMicroseconds', warm, 'us');
}

async function reportSessions() {
  const { sessionsCosts } = await import('./sessions-cost.mjs');
  for (const messages of SESSION_MESSAGES) {
    const { nextMicroseconds, firstMicroseconds } = sessionsCosts(messages);
    const first = firstMicroseconds.toFixed(0);
    report.line(
      `a prompt of 400 KB in ${messages} messages: ${nextMicroseconds.toFixed(0)} us, ${first} us at first sight`,
    );
    if (messages !== USUAL_MESSAGES) continue;
    report.figure('sessionsNextMicroseconds', nextMicroseconds, 'us');
    report.figure('sessionsFirstMicroseconds', firstMicroseconds, 'us');
  }
}

async function reportKeys() {
  const { keysMicrosecondsPerRequest } = await import('./keys-cost.mjs');
  report.figure('keysMicroseconds', await keysMicrosecondsPerRequest(), 'us');
}

async function runSaturated(workload, subjects, slices) {
  if (!only.has(workload)) return;
  const connections = SATURATED[workload];
  report.costs(
    workload,
    await saturated(load, subjects, { workload, connections, warmUp: WARM_UP[workload], ...slices }),
  );
  reportFailures(subjects, report);
}

/** With `--trap` the check has to fail, or it would not see the next trap. */
async function runGarbage() {
  for (const [workload, { gcMicroseconds, gcPercent, promotedKb }] of await garbageOf(load, options.trap)) {
    report.line(
      `${workload}: ${gcMicroseconds.toFixed(1)} us of garbage collection per request, ${gcPercent.toFixed(1)} % of its CPU`,
    );
    report.figure(`${workload}PromotedKb`, promotedKb, 'KB');
    report.figure(`${workload}GcPercent`, gcPercent, '%');
  }
  if (!options.trap) return;
  const caught = report.overLimit.splice(0);
  if (caught.length === 0) throw new Error('the limits do not see what the trap keeps');
  report.line(`the limits see the trap: ${caught.join('; ')}`);
}

async function runBursts(commands) {
  for (const [name, command] of commands) {
    const subject = await start(name, command);
    const firstBytes = await bursts(load, subject, BURSTS);
    const texts = firstBytes.map(({ p50, p99 }) => `${p50.toFixed(1)} (p99 ${p99.toFixed(0)})`);
    report.line(`${name}: first byte of ${BURSTS.streams} streams that begin in a second: ${texts.join(', ')} ms`);
    if (name === 'product') {
      report.figure('coldBurstMs', firstBytes[0].p50, 'ms');
      report.figure('burstMs', firstBytes.at(-1).p50, 'ms');
    }
    await stop(subject);
  }
}

async function runIdle(commands) {
  const streams = Number(options.idle);
  for (const [name, command] of commands) {
    const subject = await start(name, command);
    const { perStreamKb, peakMb } = await idleStreams(load, subject, streams);
    report.line(`${name}: ${perStreamKb.toFixed(1)} KB per idle stream of ${streams}, peak ${peakMb.toFixed(0)} MB`);
    if (name === 'product') report.figure('idleKb', perStreamKb, 'KB');
    await stop(subject);
  }
}

async function runDynamo() {
  const dynamo = await CountedDynamo.start();
  if (!dynamo) return report.line('DynamoDB: its engine is not installed: left out');
  try {
    const subject = await start('dynamo', dynamo.product());
    const { answers, calls, seconds, microseconds } = await storeCalls(load, subject, dynamo, COUNTED_EXCHANGES);
    const kinds = [...calls].map(([kind, count]) => `${count} ${kind}`).join(', ');
    const spent = `${microseconds.toFixed(0)} us of CPU each`;
    report.line(`DynamoDB: ${kinds} in ${seconds.toFixed(0)} s for ${answers} exchanges, ${spent}`);
    await stop(subject);
    const { writes } = dynamo;
    const reads = [...calls.values()].reduce((sum, count) => sum + count, 0) - writes;
    if (reads > seconds * MAX_READS_PER_SECOND)
      throw new Error(`${reads} reads in ${seconds} s: requests wait for the store`);
    if (writes > answers * MAX_WRITES_PER_EXCHANGE) throw new Error(`${writes} writes for ${answers} exchanges`);
  } finally {
    dynamo.stop();
  }
}

async function runConflicts() {
  if (!existsSync(ENGINE)) return report.line('tasks: the DynamoDB engine is not installed: left out');
  const { exchanges, counted, writes, conflicts } = await conflictsOfTasks(TASKS);
  const percent = (100 * conflicts) / writes;
  report.line(
    `${TASKS.tasks} tasks: ${conflicts} of ${writes} writes conflict (${percent.toFixed(2)} %), ${counted} of ${exchanges} exchanges counted`,
  );
  if (percent >= MAX_CONFLICT_PERCENT) throw new Error(`${percent.toFixed(2)} % of the writes conflict`);
  if (counted !== exchanges) throw new Error('the sums are not exact');
}

async function runReads() {
  const { users, days } = COMPANY;
  for (const { path, turns, longestMs } of await readsOf(COMPANY)) {
    const longest = `the longest of ${longestMs.toFixed(1)} ms of CPU`;
    report.line(`${path}, ${users} users and ${days} days: ${turns} turns of the event loop, ${longest}`);
    if (longestMs > MAX_TURN_MS) throw new Error(`${path} holds the event loop for ${longestMs.toFixed(1)} ms`);
  }
}

/** `--only blocks [--shape TEXT]`: hostile bodies of up to 32 MiB, at every endpoint that reads bodies. */
async function runBlocks() {
  const blocks = await longestBlocks(options.shape);
  for (const [name, { cpuMs, ms }] of blocks.slice(0, BLOCKS_SHOWN)) {
    report.line(`${cpuMs.toFixed(0).padStart(5)} ms of CPU, ${ms.toFixed(0).padStart(5)} ms in all: ${name}`);
  }
  const longestMs = blocks[0]?.[1].cpuMs ?? 0;
  report.line(`longest block of ${blocks.length} bodies: ${longestMs.toFixed(0)} ms of CPU`);
  if (longestMs > LONGEST_BLOCK_MS) throw new Error(`one body held the event loop for ${longestMs.toFixed(0)} ms`);
}

async function runSoak(exchanges) {
  const subject = await start('product', product());
  const portions = await soak(load, subject, exchanges);
  report.line(`RSS after every tenth of ${exchanges} exchanges, MB: ${portions.map(Math.round).join(' ')}`);
  await stop(subject);
  // The heap finds its size in the first tenths.
  const growth = Math.max(...portions.slice(-3)) / Math.max(...portions.slice(2, 5));
  if (growth > LARGEST_GROWTH) throw new Error(`memory has grown to ${growth.toFixed(2)} times what it was`);
}

/** `--soak 50000 --faults`: 2 % of the requests meet each fault that an upstream can have. */
async function runFaultSoak(requests) {
  const { port, faults } = await load.run('faultyUpstream');
  load.upstreamPort = port;
  const subject = await start('product', product());
  const begun = await exchangesOf(subject.port);
  const portions = await faultSoak(load, subject, requests, (line) => report.line(line));
  const { recorded, inFlight } = await exchangesOf(subject.port);
  report.line(
    `${faults} faults; ${recorded - begun.recorded} of ${requests} requests are on record, ${inFlight} in flight`,
  );
  await stop(subject);
  if (recorded - begun.recorded !== requests || inFlight !== 0) throw new Error('requests are missing in the record');
  const grown = (figure) => Math.max(...portions.slice(-3).map(figure)) / Math.max(...portions.slice(2, 5).map(figure));
  if (grown(({ rss }) => rss) > LARGEST_GROWTH_AMONG_FAULTS) throw new Error('memory has grown');
  if (grown(({ handles }) => handles) > LARGEST_GROWTH_AMONG_FAULTS) throw new Error('open handles have grown');
}

function commandsByName() {
  const commands = new Map([
    ['bare', bareRelay],
    ['product', product()],
  ]);
  if (options.beside) commands.set('beside', product(options.beside));
  if (nginx()) commands.set('nginx', nginx());
  else report.line('nginx is not installed: left out');
  return commands;
}

/** Written once a second, so the figures of all are there a little later. */
async function exchangesOf(port) {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { total_requests } = await (await fetch(`http://127.0.0.1:${port}/api/analytics?range=24h`)).json();
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return { recorded: total_requests, inFlight: Number(/^claude_proxy_in_flight (\d+)/m.exec(metrics)[1]) };
}

async function start(name, command) {
  const subject = await Subject.start(name, command, load.upstreamPort);
  running.add(subject);
  return subject;
}

async function stop(subject) {
  running.delete(subject);
  await subject.stop();
}

async function end(error) {
  if (error) process.stderr.write(`${error.stack}\n`);
  await Promise.all([...running].map(stop));
  load.stop();
  quota?.remove();
  process.exit(error ? 1 : 0);
}

main().then(
  () => end(),
  (error) => end(error),
);
