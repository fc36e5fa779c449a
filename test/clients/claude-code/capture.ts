import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { setStage } from '../../drills/stage.js';
import { type Captured, captureOf, changesBetween } from './captured.js';
import { InstalledClaude } from './installed-claude.js';
import { playedModel } from './played-model.js';
import { SCENARIOS } from './scenarios.js';

const RECORD = 'test/clients/claude-code/recorded.json';

/** Records the requests of an installed Claude Code, names only, and lists the changes since the last record. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { claude: { type: 'string' }, write: { type: 'boolean' } } });
  const claude = await InstalledClaude.at(values.claude ?? 'claude');
  const captured = await capture(claude).finally(() => claude.remove());
  const recorded: Captured = JSON.parse(await readFile(RECORD, 'utf8'));
  const changes = changesBetween(recorded, captured);
  print(`Claude Code ${captured.version} beside the record of ${recorded.version}: ${changes.length} changes.`);
  for (const change of changes) print(change);
  if (values.write) await writeFile(RECORD, `${JSON.stringify(captured, null, 2)}\n`);
  return changes.length === 0 || values.write ? 0 : 1;
}

async function capture(claude: InstalledClaude): Promise<Captured> {
  const stage = await setStage({});
  stage.anthropic.setDefault(playedModel);
  try {
    for (const scenario of SCENARIOS) await scenario.play(claude, stage.anthropic.url, () => {});
    return captureOf(claude.version, stage.anthropic.requests);
  } finally {
    await stage.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
