/**
 * `npm run simulate:fleet -- --developers 1000 --tasks 5`: plays a day of a company on a DynamoDB-compatible engine, in slices of
 * one load each, and prints conflicts, write units and dollars. The batches of a second are real, so a slice takes real seconds.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runTasks } from '../support/simulated-tasks.ts';
import { ENGINE } from './dynamo.mjs';
import { countedIn, withTasks } from './tasks.mjs';
import { startUnitLine } from './unit-line.mjs';

const ACTIVE_SHARE = 0.3;
const REQUESTS_PER_ACTIVE_MINUTE = 4;
const WORKING_DAYS = 22;
/** Hours of a working day by their share of the load at the peak. */
const DAY = [
  { name: 'night', load: 0.05, hours: 12 },
  { name: 'morning and evening', load: 0.4, hours: 5 },
  { name: 'peak', load: 1, hours: 7 },
];
/** Usual for Claude Code in a day: the main model, a small one, a third. */
const MODELS = ['claude-opus-5-5', 'claude-haiku-5-5', 'claude-sonnet-5-5'];
/** More users change neither units nor conflicts of a slice of some seconds, only the time until it begins. */
const MAX_USERS = 120;
const WARM_HOURS = 4;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const USD_PER_MILLION_UNITS = 0.625;
const MAX_CONFLICT_PERCENT = 1;

const { values } = parseArgs({
  options: {
    developers: { type: 'string', default: '1000' },
    tasks: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
  },
});
const [developers, count, seconds] = [values.developers, values.tasks, values.seconds].map(Number);
const users = Math.min(MAX_USERS, Math.ceil(developers * ACTIVE_SHARE));
const peakPerSecond = (developers * ACTIVE_SHARE * REQUESTS_PER_ACTIVE_MINUTE) / 60;

if (existsSync(ENGINE)) await main();
else print('The DynamoDB engine is not installed (an optional package of this platform).');

async function main() {
  print(`${developers} developers, ${count} tasks, ${peakPerSecond.toFixed(1)} requests a second at the peak`);
  const slices = [];
  for (const slice of DAY) slices.push({ ...slice, ...(await played(slice)) });
  const perDay = slices.reduce((sum, { load, hours }) => sum + load * hours * 3_600 * peakPerSecond, 0);
  const unitsPerDay = slices.reduce(
    (sum, { load, hours, unitsPerRequest }) => sum + load * hours * 3_600 * peakPerSecond * unitsPerRequest,
    0,
  );
  const scale = (WORKING_DAYS * 1_000) / developers;
  const usd = (unitsPerDay * scale * USD_PER_MILLION_UNITS) / 1e6;
  print(
    `per 1,000 developers and month: ${((perDay * scale) / 1e6).toFixed(2)} M requests, ` +
      `${((unitsPerDay * scale) / 1e6).toFixed(1)} M write units, ${usd.toFixed(2)} US dollars`,
  );
  if (slices.some(({ conflictPercent, lost }) => conflictPercent > MAX_CONFLICT_PERCENT || lost > 0))
    process.exitCode = 1;
}

/** One load for some seconds, after the items of the day have been made. */
async function played({ name, load }) {
  const exchangesPerSecond = Math.max(1 / seconds, (peakPerSecond * load) / count);
  return withTasks(
    count,
    async ({ modules, tasks, line, front, connect }) => {
      const exchangeOf = exchangesOf(modules);
      const warm = await warmedUp(tasks, exchangeOf);
      const startedAtMs = performance.now();
      const before = { writes: line.writes, conflicts: line.conflicts, units: new Map(front.units) };
      const played = { seconds: 1, exchangesPerSecond: Math.round(seconds * exchangesPerSecond) };
      const exchanges = await runTasks(tasks, { ...played, pauseMs: 1_000 / exchangesPerSecond, exchangeOf });
      const tookSeconds = (performance.now() - startedAtMs) / 1_000;
      const lost = warm + exchanges - (await countedIn(modules, connect()));
      const units = [...front.units].map(([table, sum]) => [table, sum - (before.units.get(table) ?? 0)]);
      const unitsPerRequest = units.reduce((sum, [, each]) => sum + each, 0) / exchanges;
      const conflictPercent = (100 * (line.conflicts - before.conflicts)) / (line.writes - before.writes);
      const parts = units.map(
        ([table, sum]) => `${table.replace('claude-proxy-', '')} ${(sum / exchanges).toFixed(1)}`,
      );
      print(
        `${name}: ${exchanges} requests in ${tookSeconds.toFixed(1)} s, ${line.writes - before.writes} writes, ${conflictPercent.toFixed(2)} % conflicts, ` +
          `${lost} lost, ${unitsPerRequest.toFixed(1)} units a request (${parts.join(', ')})`,
      );
      return { unitsPerRequest, conflictPercent, lost };
    },
    startUnitLine,
  );
}

/**
 * Each active user has used each model in each hour of half a working day, and each task, so that items have their average
 * size. The hours are the first ones of today, whatever the time is.
 */
async function warmedUp(tasks, exchangeOf) {
  const total = users * Math.max(MODELS.length * WARM_HOURS, tasks.length);
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let index = 0; index < total; index += 1) {
    const round = Math.floor(index / users);
    const startedAt = midnight + (Math.floor(round / MODELS.length) % WARM_HOURS) * HOUR_MS;
    const { feed } = tasks[((index % users) + round) % tasks.length];
    feed.finish(Object.assign(exchangeOf(0, index), { startedAt }));
  }
  await Promise.all(tasks.map(({ recorder }) => recorder.flush()));
  return total;
}

function exchangesOf({ Exchange }) {
  return (task, index) => {
    const turn = task * 7_919 + index;
    const exchange = new Exchange(`developer-${turn % users}@example.com`, 'messages', '/v1/messages');
    return Object.assign(exchange, {
      model: MODELS[Math.floor(turn / users) % MODELS.length],
      upstream: turn % 19 === 0 ? 'bedrock' : 'anthropic',
      status: 200,
      isStream: true,
      firstByteMs: 900,
      requestBytes: 300_000,
      costNanoUsd: 10_800_000,
      usage: {
        input_tokens: 2_000,
        output_tokens: 500,
        cache_read_input_tokens: 18_000,
        cache_creation_input_tokens: 0,
      },
    });
  };
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
