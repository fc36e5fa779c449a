import 'reflect-metadata';
import { type Played, playFallbackStory, STORY_ENVIRONMENT } from './fallback-story.js';
import { FAULTS_ENVIRONMENT, playFaults } from './faults.js';
import { setStage } from './stage.js';

async function main(): Promise<number> {
  const storyCode = await tellStory();
  return process.argv.includes('--all') ? Math.max(storyCode, await drillFaults()) : storyCode;
}

async function drillFaults(): Promise<number> {
  const stage = await setStage(FAULTS_ENVIRONMENT);
  print('\nWhat goes wrong with Anthropic, and what the official SDK sees of it.\n');
  let broken = 0;
  try {
    for await (const { line, holds } of playFaults(stage)) {
      print(line);
      broken += holds ? 0 : 1;
    }
  } finally {
    await stage.close();
  }
  print(broken === 0 ? '\nEvery fault was hidden or told.' : `\n${broken} faults were neither hidden nor told.`);
  return broken === 0 ? 0 : 1;
}

async function tellStory(): Promise<number> {
  const stage = await setStage(STORY_ENVIRONMENT);
  print('The real gateway between a simulated Anthropic and a simulated Bedrock, asked by the official SDK.\n');
  let faults = 0;
  try {
    for (const isStream of [true, false]) {
      for await (const played of playFallbackStory(stage, isStream)) {
        print(lineOf(played));
        faults += played.faults.length;
      }
    }
  } finally {
    await stage.close();
  }
  print(faults === 0 ? '\nThe story holds: nobody at a keyboard noticed.' : `\nThe story breaks: ${faults} faults.`);
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
