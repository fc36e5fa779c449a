/** `npm run bench:profile [-- --workload sse --feature accounts]`: the functions in which the gateway spends its time. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FEATURE_COLUMNS, switchOn } from './features.mjs';
import { LoadProcess } from './load-process.mjs';
import { product, Subject } from './subject.mjs';

const CONNECTIONS = { json: 32, sse: 16, body400k: 8, body2m: 4 };
const LINES = 60;
const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', default: 'json' },
    seconds: { type: 'string', default: '8' },
    main: { type: 'string' },
    feature: { type: 'string' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
const load = new LoadProcess();
try {
  const { port: upstreamPort } = await load.run('upstream');
  const command = product(options.main, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  const { workload, feature } = options;
  const column = FEATURE_COLUMNS.get(feature);
  if (feature && !column)
    throw new Error(`--feature is ${feature}; allowed: ${[...FEATURE_COLUMNS.keys()].join(', ')}`);
  const subject = await Subject.start('profile', column?.around(command) ?? command, upstreamPort);
  if (column) await switchOn(load, subject, column);
  const slice = { port: subject.port, head: subject.head, workload, connections: CONNECTIONS[workload] };
  const { answers } = await load.run('saturate', { ...slice, milliseconds: Number(options.seconds) * 1_000 });
  await subject.stop();
  const file = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.cpuprofile')),
  );
  print(JSON.parse(readFileSync(file, 'utf8')), answers);
  process.stdout.write(`\n${answers} answers; the profile: ${file}\n`);
} finally {
  load.stop();
}

function print(profile, answers) {
  const { nodes, samples, timeDeltas } = profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const selfById = new Map();
  for (const [index, id] of samples.entries()) add(selfById, id, timeDeltas[index]);
  const tallies = { 'self time by function': new Map(), 'self time by file': new Map() };
  const inclusive = new Map();
  let total = 0;
  for (const [id, microseconds] of selfById) {
    const { functionName, url } = byId.get(id).callFrame;
    if (functionName === '(idle)') continue;
    total += microseconds;
    add(tallies['self time by function'], labelOf(byId.get(id)), microseconds);
    add(tallies['self time by file'], shortened(url) || functionName, microseconds);
  }
  sumUp(nodes[0], new Set());
  tallies['with everything called from it, our functions'] = inclusive;
  for (const [title, tally] of Object.entries(tallies)) {
    process.stdout.write(`\n${title}\n`);
    const sorted = [...tally].sort(([, a], [, b]) => b - a).slice(0, LINES);
    for (const [name, microseconds] of sorted) {
      const share = ((microseconds / total) * 100).toFixed(1).padStart(5);
      process.stdout.write(`${share} % ${(microseconds / answers).toFixed(2).padStart(8)} us/answer  ${name}\n`);
    }
  }

  /** A function that calls itself counts once. */
  function sumUp(node, above) {
    const label = labelOf(node);
    const isCounted = /\/(dist|node_modules)\//.test(node.callFrame.url) && !above.has(label);
    if (isCounted) above.add(label);
    let sum = selfById.get(node.id) ?? 0;
    for (const child of node.children ?? []) sum += sumUp(byId.get(child), above);
    if (isCounted) {
      above.delete(label);
      add(inclusive, label, sum);
    }
    return sum;
  }
}

function labelOf({ callFrame: { functionName, url, lineNumber } }) {
  return `${functionName || '(anonymous)'}  ${shortened(url)}:${lineNumber + 1}`;
}

function add(tally, name, microseconds) {
  tally.set(name, (tally.get(name) ?? 0) + microseconds);
}

function shortened(url) {
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\//, '');
}
