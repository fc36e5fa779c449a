import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { playAutoMode } from './auto-mode.js';
import { type Played, playFallbackStory, STORY_ENVIRONMENT } from './fallback-story.js';
import { type PlayedFault, playFaults } from './faults.js';
import { setStage, setStageAround } from './stage.js';

const { all, gateway } = parseArgs({
  options: {
    /** Plays the faults as well. */
    all: { type: 'boolean', default: false },
    /** A command that starts the gateway of the story, in place of one in this process. */
    gateway: { type: 'string' },
  },
}).values;

async function main(): Promise<number> {
  const storyCode = await playStory();
  return all ? Math.max(storyCode, await drillFaults()) : storyCode;
}

async function drillFaults(): Promise<number> {
  print('\nFaults, and their effect on the official SDK.');
  const played: PlayedFault[] = [];
  for await (const each of playFaults()) {
    if (each.theme !== played.at(-1)?.theme) print(`\n${each.theme}`);
    print(lineOfFault(each));
    played.push(each);
  }
  const broken = played.filter(({ holds }) => !holds).length;
  const reported = played.filter(
    ({ observed: { sight } }) => sight === 'reported as an error' || sight === 'refused by the SDK',
  ).length;
  if (broken === 0)
    print(
      `\n${played.length} faults: ${played.length - reported} hidden, ${reported} reported as an error, none unreported.`,
    );
  else print(`\n${broken} of ${played.length} scenes broke.`);
  return broken === 0 ? 0 : 1;
}

function lineOfFault({ scene: { title, expected }, observed: { sight, how }, holds }: PlayedFault): string {
  const line = `${holds ? '✅' : '❌'} ${title.padEnd(46)} ${sight.padEnd(20)} ${how}`;
  return holds ? line : `${line}\n     expected: ${expected}`;
}

async function playStory(): Promise<number> {
  const stage = await (gateway ? setStageAround(gateway, STORY_ENVIRONMENT) : setStage(STORY_ENVIRONMENT));
  print('The real gateway between a simulated Anthropic and a simulated Bedrock, called by the official SDK.\n');
  let faults = 0;
  try {
    for (const isStream of [true, false]) {
      for await (const played of playFallbackStory(stage, isStream)) {
        print(lineOf(played));
        faults += played.faults.length;
      }
    }
    for await (const { title, seen, faults: broken } of playAutoMode(stage)) {
      print(
        `${broken.length === 0 ? '✅' : '❌'} ${title.padEnd(55)} ${seen}${broken.map((fault) => `\n     ${fault}`).join('')}`,
      );
      faults += broken.length;
    }
  } finally {
    await stage.close();
  }
  print(faults === 0 ? '\nNo faults: users notice nothing.' : `\n${faults} faults: users notice the failure.`);
  return faults === 0 ? 0 : 1;
}

function lineOf({ title, seen, faults }: Played): string {
  const mark = faults.length === 0 ? '✅' : '❌';
  const who = `${seen.upstream}${seen.fallback ? ` (${seen.fallback})` : ''}`;
  const cost = `${seen.milliseconds} ms, ${seen.inputTokens} + ${seen.outputTokens} tokens`;
  const broken = faults.map((fault) => `\n     ${fault}`).join('');
  return `${mark} ${title.padEnd(46)} ${who.padEnd(28)} ${cost.padEnd(26)} "${seen.text}"${broken}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: Error) => {
    process.stderr.write(`❌ ${error.stack ?? error.message}\n`);
    process.exit(1);
  },
);
