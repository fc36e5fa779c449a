import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { rateLimited } from '@claude-proxy/simulator';
import { type Stage, setStage } from '../../drills/stage.js';
import { InstalledClaude } from './installed-claude.js';
import { KEY_SCENARIOS, type KeyRow, keyRowOf } from './key-scenarios.js';
import { playMasking } from './masking-play.js';
import { playedModel } from './played-model.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { playSessions } from './sessions-play.js';
import { differencesOf, transcriptOf } from './transcript.js';

const PAGE = 'docs/claude-code.md';
const HOUR_SECONDS = 3_600;

/** How Claude Code reaches a model. */
interface Way {
  readonly title: string;
  readonly environment: Readonly<Record<string, string>>;
  baseUrlOf(stage: Stage): string;
  /** Before the first session, and before each further one of a scenario. */
  readonly prepare?: (stage: Stage, step: 'first' | 'further') => void;
}

const THROUGH: Pick<Way, 'environment' | 'baseUrlOf'> = {
  environment: {},
  baseUrlOf: ({ url }) => `${url}/user/alice`,
};

/** The baseline of the comparison. */
const DIRECT: Way = { title: 'without a gateway', environment: {}, baseUrlOf: ({ anthropic }) => anthropic.url };

const WAYS: readonly Way[] = [
  { ...THROUGH, title: 'Anthropic answers' },
  { ...THROUGH, title: 'a 429 in mid-session', prepare: limitAfterFirstAnswer },
  { ...THROUGH, title: 'forced drill', environment: { FORCE_RATE_LIMIT: 'true' } },
  { ...THROUGH, title: 'back and forth', prepare: limitEverySecondSession },
];

/** A session with a feature of the gateway that a session without one does not have. */
interface FeaturePlay {
  readonly title: string;
  /** What went wrong, one line each. */
  play(claude: InstalledClaude): Promise<readonly string[]>;
}

const FEATURE_PLAYS: readonly FeaturePlay[] = [
  { title: 'masking: files and answers hold originals, nothing else does', play: playMasking },
  { title: 'sessions: ten turns without a cache break, then each reason once', play: playSessions },
];

interface Row {
  readonly scenario: Scenario;
  /** By setup: the lines that the user notices, without the known ones. */
  readonly noticed: readonly (readonly string[])[];
  /** By setup: whether known lines occurred. */
  readonly isKnownSeen: readonly boolean[];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { claude: { type: 'string' }, only: { type: 'string' }, write: { type: 'boolean' } },
  });
  const claude = await InstalledClaude.at(values.claude ?? 'claude');
  print(`Claude Code ${claude.version}, played against the real gateway between simulated upstreams.\n`);
  const rows: Row[] = [];
  const keyRows: KeyRow[] = [];
  const faults: string[] = [];
  const isWanted = ({ title }: { readonly title: string }) => title.includes(values.only ?? '');
  try {
    for (const scenario of SCENARIOS.filter(isWanted)) {
      rows.push(await rowOf(claude, scenario));
      print(lineOf(rows.at(-1)!));
    }
    for (const { title, play } of FEATURE_PLAYS.filter(isWanted)) {
      const found = await play(claude);
      print(`${found.length > 0 ? '❌' : '✅'} ${title}${found.map((fault) => `\n     ${fault}`).join('')}`);
      faults.push(...found);
    }
    print('\nWith a client key:');
    for (const scenario of KEY_SCENARIOS.filter(isWanted)) {
      keyRows.push(await keyRowOf(claude, scenario));
      print(keyLineOf(keyRows.at(-1)!));
    }
  } finally {
    await claude.remove();
  }
  if (values.write) await writeFile(PAGE, pageOf(claude.version, rows, keyRows));
  const isWell = keyRows.every(({ isAsPromised }) => isAsPromised) && faults.length === 0;
  return isWell && rows.every(({ noticed }) => noticed.flat().length === 0) ? 0 : 1;
}

async function rowOf(claude: InstalledClaude, scenario: Scenario): Promise<Row> {
  const expected = await playedOn(DIRECT, claude, scenario);
  const known = scenario.known?.lines ?? [];
  const noticed: string[][] = [];
  const isKnownSeen: boolean[] = [];
  for (const way of WAYS) {
    const lines = differencesOf(expected, await playedOn(way, claude, scenario));
    const others = lines.filter((line) => !known.some((pattern) => pattern.test(line)));
    noticed.push(others);
    isKnownSeen.push(others.length < lines.length);
  }
  return { scenario, noticed, isKnownSeen };
}

async function playedOn(way: Way, claude: InstalledClaude, scenario: Scenario): Promise<string[]> {
  const stage = await setStage(way.environment);
  stage.anthropic.setDefault(playedModel);
  stage.bedrock.setDefault(playedModel);
  try {
    way.prepare?.(stage, 'first');
    const between = () => way.prepare?.(stage, 'further');
    const sessions = await scenario.play(claude, way.baseUrlOf(stage), between);
    return sessions.flatMap(transcriptOf);
  } finally {
    await stage.close();
  }
}

/** The first answer makes the credential known; all later requests are limited. */
function limitAfterFirstAnswer({ anthropic }: Stage, step: 'first' | 'further'): void {
  if (step === 'further') return;
  let answers = 0;
  anthropic.setDefault((request) => {
    answers += 1;
    return answers === 1 ? playedModel(request) : rateLimited({ retryAfterSeconds: HOUR_SECONDS });
  });
}

/** Anthropic, Bedrock, Anthropic: each gets the history with the other's answers. */
function limitEverySecondSession({ anthropic }: Stage, step: 'first' | 'further'): void {
  const isLimited = step === 'further' && anthropic.requests.length % 2 === 1;
  anthropic.setDefault(isLimited ? rateLimited({ retryAfterSeconds: 1 }) : playedModel);
}

function lineOf({ scenario, noticed, isKnownSeen }: Row): string {
  const marks = noticed.map((lines, way) => (lines.length > 0 ? '❌' : isKnownSeen[way] ? '📌' : '✅')).join(' ');
  const details = noticed.flatMap((lines, index) => lines.map((line) => `\n     ${WAYS[index]!.title}: ${line}`));
  return `${marks} ${scenario.title}${details.join('')}`;
}

function keyLineOf({ title, isAsPromised, refusedRequests, seen }: KeyRow): string {
  return `${isAsPromised ? '✅' : '❌'} ${title}: ${refusedRequests} refused; ${seen}`;
}

function pageOf(version: string, rows: readonly Row[], keyRows: readonly KeyRow[]): string {
  const head = `| what a person does | ${WAYS.map(({ title }) => title).join(' | ')} |\n|---|${WAYS.map(() => '---|').join('')}`;
  const lines = rows.map((row) => {
    const cells = row.noticed.map((noticed, way) =>
      cellOf(noticed, row.isKnownSeen[way] ? row.scenario.known?.note : undefined),
    );
    return `| ${row.scenario.title} | ${cells.join(' | ')} |`;
  });
  return `# What a person at Claude Code notices

Made by \`npm run try:claude-code -- --claude path/to/claude --write\` with Claude Code ${version}: the installed program runs each
scenario against the real gateway between simulated upstreams, and what it shows is compared line by line with the same
session without a gateway. The simulated model does what the prompt orders, so every other difference is the gateway's.

${head}
${lines.join('\n')}

## With a client key

The gateway requires client keys. Each way to present one is played, and each refusal costs one request and shows its reason.

| what happens | refused requests | what the person reads |
|---|---|---|
${keyRows.map(({ title, refusedRequests, seen }) => `| ${title} | ${refusedRequests} | ${seen.replaceAll('|', '\\|')} |`).join('\n')}
`;
}

function cellOf(lines: readonly string[], note: string | undefined): string {
  const all = [...(note === undefined ? [] : [note]), ...lines.map((line) => line.replaceAll('|', '\\|'))];
  return all.length === 0 ? 'nothing' : all.join('<br>');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
