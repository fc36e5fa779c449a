import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longer than any of these sessions, to detect one that hangs. */
const PATIENCE_MS = 60_000;

/** Uses a separate home folder, so that the user's own settings and sessions are not read or written. */
export class InstalledClaude {
  private constructor(
    readonly command: string,
    readonly version: string,
    readonly home: string,
  ) {}

  /** @throws Error if `command` is not Claude Code */
  static async at(command: string): Promise<InstalledClaude> {
    const { stdout, status } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const version = /^\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0];
    if (status !== 0 || !version) {
      throw new Error(`"${command}" is not Claude Code. Install it elsewhere and name it: --claude path/to/claude`);
    }
    return new InstalledClaude(command, version, await mkdtemp(join(tmpdir(), 'claude-code-')));
  }

  /** Runs one headless session to its end. */
  async run(
    baseUrl: string,
    prompt: string,
    flags: readonly string[] = [],
    credentials: Readonly<Record<string, string>> = { ANTHROPIC_API_KEY: 'sk-ant-test-claude-code' },
  ): Promise<Session> {
    const startedMs = performance.now();
    const child = spawn(this.command, ['-p', prompt, '--output-format', 'stream-json', '--verbose', ...flags], {
      cwd: this.home,
      env: { ...environmentOf(this.home, baseUrl), ...credentials },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    });
    const output = { out: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.error += chunk;
    });
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const events = output.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as SessionEvent);
    const seconds = (performance.now() - startedMs) / 1_000;
    return { events, exitCode, errorOutput: output.error, seconds };
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

export interface Session {
  readonly events: readonly SessionEvent[];
  /** Null if it was stopped after the timeout. */
  readonly exitCode: number | null;
  readonly errorOutput: string;
  readonly seconds: number;
}

/** The used part of a line of `--output-format stream-json`. */
export interface SessionEvent {
  readonly type: string;
  readonly subtype?: string;
  readonly session_id?: string;
  readonly is_error?: boolean;
  readonly result?: string;
  readonly message?: { readonly content?: string | readonly Block[] };
}

export interface Block {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly content?: unknown;
  readonly is_error?: boolean;
}

function environmentOf(home: string, baseUrl: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    // Without a sandbox, Claude Code refuses to skip permissions as root.
    IS_SANDBOX: '1',
    ANTHROPIC_BASE_URL: baseUrl,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
  };
}
