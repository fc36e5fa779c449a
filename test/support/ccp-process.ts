import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const CCP = fileURLToPath(new URL('../../bin/ccp.js', import.meta.url));

export interface ProcessResult {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ccp` as a process of its own, built, with nothing of this process in its environment. */
export class CcpProcess {
  private stdout = '';
  private stderr = '';
  private readonly ended: Promise<ProcessResult>;

  private constructor(readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(child, 'close').then(([exit, signal]) => ({
      exit,
      signal,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  static start(args: readonly string[], env: Readonly<Record<string, string>>, stdin = ''): CcpProcess {
    return CcpProcess.startProgram(process.execPath, [CCP, ...args], env, stdin);
  }

  static startProgram(program: string, args: readonly string[], env: Readonly<Record<string, string>>, stdin = '') {
    const child = spawn(program, args, { env: { PATH: process.env.PATH!, ...env }, cwd: env.HOME });
    child.stdin!.end(stdin);
    return new CcpProcess(child);
  }

  async hasPrinted(text: string): Promise<void> {
    while (!this.stdout.includes(text)) await once(this.child.stdout!, 'data');
  }

  result(): Promise<ProcessResult> {
    return this.ended;
  }
}
