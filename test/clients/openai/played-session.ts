import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RecordedRequest } from '@claude-proxy/simulator';
import { type Stage, setStage } from '../../drills/stage.js';
import type { Installed } from './installed-clients.js';
import { messagesOf, playedAgent, TASK } from './played-agent.js';
import type { Start, TriedClient } from './tried-client.js';

/** Longer than any of these sessions, to detect one that hangs. */
const PATIENCE_MS = 120_000;
const MODEL = 'claude-sonnet-5-5';

/** The upstream that answers. */
export type Way = 'anthropic' | 'drill';

export interface Played {
  /** What did not come out as it should; empty if all did. */
  readonly faults: readonly string[];
  readonly seconds: number;
}

/** Plays the task once with a real client. */
export async function playedSession(client: TriedClient, installed: Installed, way: Way): Promise<Played> {
  const { model = MODEL } = client;
  const stage = await setStage({
    THROTTLE_LIMIT: '0',
    OPENAI_MODEL_ALIASES: model === MODEL ? '{}' : JSON.stringify({ [model]: MODEL }),
    ...(way === 'drill' ? { FORCE_RATE_LIMIT: 'true' } : {}),
  });
  const home = await mkdtemp(join(tmpdir(), 'openai-client-'));
  const workspace = join(home, 'workspace');
  const startedMs = performance.now();
  try {
    await mkdir(workspace);
    await writeFile(join(workspace, TASK.notes.name), TASK.notes.text);
    for (const upstream of [stage.anthropic, stage.bedrock]) upstream.setDefault(playedAgent(workspace));
    const baseUrl = `${stage.url}/user/alice/v1`;
    const setup = { baseUrl, apiKey: 'sk-ant-api03-player', model, prompt: TASK.prompt, home, workspace };
    const { output, exitCode } = await run(client.start({ ...setup, program: installed.program }), home, workspace);
    const written = await readFile(join(workspace, TASK.answer.name), 'utf8').catch(() => undefined);
    const faults = [
      ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
      ...(written?.trim() === TASK.answer.text.trim() ? [] : [`the file was not written: ${JSON.stringify(written)}`]),
      ...(output.includes(TASK.farewell) ? [] : ['the last word did not arrive']),
      ...faultsOf(way === 'drill' ? stage.bedrock.requests : stage.anthropic.requests),
    ];
    const end = faults.length > 0 ? [`output: ${output.slice(-600)}`] : [];
    return { faults: [...faults, ...end], seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    await stage.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** Both calls of the first round come back in one turn, with what they gave. */
function faultsOf(requests: Stage['anthropic']['requests'] | readonly RecordedRequest[]): string[] {
  const turns = requests.flatMap(({ json }) => messagesOf(json)).map((message) => JSON.stringify(message));
  const isBoth = turns.some(
    (turn) => turn.includes('tool_result') && turn.includes('4217.') && turn.includes(TASK.ran),
  );
  return isBoth ? [] : ['the results of two calls at once did not come back in one turn'];
}

async function run({ command, args, environment, files = {} }: Start, home: string, workspace: string) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const child = spawn(command, args, {
    cwd: workspace,
    env: { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', CI: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { output, exitCode };
}
