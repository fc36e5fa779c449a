import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START = join(ROOT, 'bin/start.js');
const PATIENCE_MS = 50_000;
/** On a busy machine, loading the modules takes longer than everything else in a test. */
const START_PATIENCE_MS = 50_000;

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built gateway in a separate process, started in an empty directory. */
export class BuiltGateway {
  private stdout = '';
  private stderr = '';
  private readonly wrote = new EventEmitter();
  readonly ended: Promise<Ended>;

  private constructor(
    private readonly child: ChildProcess,
    readonly directory: string,
  ) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.wrote.emit('text');
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.wrote.emit('text');
    });
    this.ended = once(child, 'close').then(async ([code]) => {
      this.wrote.emit('text');
      await rm(directory, { recursive: true, force: true });
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** `prepare` gets the working directory before the process starts. */
  static async spawn(
    environment: Readonly<Record<string, string>> = {},
    prepare: (directory: string) => Promise<unknown> = async () => {},
  ): Promise<BuiltGateway> {
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-built-'));
    await prepare(directory);
    const env = { PATH: process.env.PATH, PORT: '0', FALLBACK_CHAIN: 'anthropic', ...environment };
    return new BuiltGateway(spawn(process.execPath, [START], { cwd: directory, env }), directory);
  }

  /** Started by `npm run start:prod`, in a separate process group as in a terminal. */
  static async startedByNpm(environment: Readonly<Record<string, string>>): Promise<BuiltGateway> {
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-built-'));
    const env = { PATH: process.env.PATH, PORT: '0', FALLBACK_CHAIN: 'anthropic', DATA_DIR: directory, ...environment };
    const child = spawn('npm', ['run', '--silent', 'start:prod'], { cwd: ROOT, env, detached: true });
    const gateway = new BuiltGateway(child, directory);
    await gateway.hasLogged('State:', START_PATIENCE_MS);
    return gateway;
  }

  static async started(environment: Readonly<Record<string, string>> = {}): Promise<BuiltGateway> {
    const gateway = await BuiltGateway.spawn(environment);
    await gateway.hasLogged('State:', START_PATIENCE_MS);
    return gateway;
  }

  get url(): string {
    return /listens on (http:\/\/[^"\s]+)/.exec(this.stdout)![1]!;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** All output so far, of both streams. */
  get output(): string {
    return this.stdout + this.stderr;
  }

  get lines(): LogLine[] {
    return this.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** Resolves once the text has been written. Throws if the process ends or times out without it. */
  async hasLogged(text: string, patienceMs = PATIENCE_MS): Promise<void> {
    const patience = AbortSignal.timeout(patienceMs);
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended without ${JSON.stringify(text)}: ${this.output}`);
      await once(this.wrote, 'text', { signal: patience }).catch(() => {
        throw new Error(`said nothing of ${JSON.stringify(text)}: ${this.output}`);
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Signals all processes of its group, like Ctrl-C in a terminal. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-this.pid, name);
  }

  /** Like a closed terminal, or a pipe whose reader has ended. */
  stopReading(): void {
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  async stop(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}
