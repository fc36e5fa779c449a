import { run } from '../../apps/cli/src/core/run.js';
import type { World } from '../../apps/cli/src/core/world.js';

const PATIENCE_MS = 20_000;

export interface CcpOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly stdin?: string;
  /** The standard output is a terminal. */
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
  readonly onOutput?: (stdout: string) => void;
  readonly launch?: World['launch'];
  readonly startAgain?: World['startAgain'];
}

export interface CcpResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into outputs of every shape
  readonly json: any;
}

/** Runs one command line in this process: a process of its own takes seconds on a busy machine and shows nothing more. */
export async function runCcp(args: readonly string[], options: CcpOptions = {}): Promise<CcpResult> {
  const { home = '/nonexistent', isTerminal = false } = options;
  let stdout = '';
  let stderr = '';
  const exit = await run(args, {
    env: options.env ?? {},
    home,
    directory: home,
    stdin: inputOf(options.stdin),
    stdout: {
      isTTY: isTerminal,
      columns: 120,
      rows: 40,
      write: (text) => {
        stdout += text;
        options.onOutput?.(stdout);
      },
    },
    stderr: {
      isTTY: false,
      write: (text) => {
        stderr += text;
      },
    },
    now: Date.now,
    // On a busy machine a call takes longer than a shell would wait for it.
    ageMs: () => -PATIENCE_MS,
    signal: options.signal ?? new AbortController().signal,
    launch: options.launch ?? (() => {}),
    startAgain: options.startAgain ?? (() => {}),
  });
  return { exit, stdout, stderr, json: parsed(stdout) };
}

async function* inputOf(text: string | undefined): AsyncGenerator<string> {
  if (text !== undefined) yield text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
