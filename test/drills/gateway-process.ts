import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

const START_TIMEOUT_MS = 60_000;
const POLL_EVERY_MS = 50;

/** A gateway that a command of the shell starts. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @throws Error if the command ends, or if it does not answer within a minute */
  static async start(command: string, environment: Readonly<Record<string, string>>): Promise<GatewayProcess> {
    const port = await freePort();
    const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...environment };
    const child = spawn(`exec ${command}`, { shell: true, stdio: ['ignore', 'inherit', 'inherit'], env });
    const gateway = new GatewayProcess(child, `http://127.0.0.1:${port}`);
    await gateway.untilHealthy();
    return gateway;
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async untilHealthy(): Promise<void> {
    for (const deadlineMs = Date.now() + START_TIMEOUT_MS; Date.now() < deadlineMs; await sleep(POLL_EVERY_MS)) {
      if (this.hasEnded) throw new Error(`the gateway ended with exit code ${this.child.exitCode}`);
      const isHealthy = await fetch(`${this.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isHealthy) return;
    }
    this.child.kill('SIGKILL');
    throw new Error(`${this.url}/health does not answer after ${START_TIMEOUT_MS / 1_000} s`);
  }
}
