import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnthropicSimulator,
  type BedrockSimulator,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import { playedModel } from './played-model.js';

/** npm scripts run in the project's folder. */
const START = join(process.cwd(), 'bin/start.js');
const PATIENCE_MS = 50_000;

/** The gateway in a process of its own between simulated upstreams, so that its log and its files can be read. */
export class PlayedGateway {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    private readonly anthropic: AnthropicSimulator,
    private readonly bedrock: BedrockSimulator,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        child.emit('text');
      });
    }
  }

  static async start(environment: Readonly<Record<string, string>>): Promise<PlayedGateway> {
    const [anthropic, bedrock] = [await startAnthropicSimulator(), await startBedrockSimulator()];
    anthropic.setDefault(playedModel);
    bedrock.setDefault(playedModel);
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-play-'));
    const env = {
      ...{ PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
      ...{ ANTHROPIC_UPSTREAM_URL: anthropic.url, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url },
      ...{ AWS_ACCESS_KEY_ID: 'play', AWS_SECRET_ACCESS_KEY: 'play' },
      ...environment,
    };
    const child = spawn(process.execPath, [START], { cwd: directory, env });
    const gateway = new PlayedGateway(child, directory, anthropic, bedrock);
    await gateway.hasLogged('listens on');
    return gateway;
  }

  get url(): string {
    return /listens on (http:\/\/[^"\s]+)/.exec(this.output)![1]!;
  }

  get log(): string {
    return this.output;
  }

  /** Headers and bodies of all requests to both upstreams. */
  get sent(): string {
    const requests = [...this.anthropic.requests, ...this.bedrock.requests];
    return requests.map(({ headers, body }) => `${JSON.stringify(headers)} ${body}`).join('\n');
  }

  /** The content of all files of its data directory. */
  async stored(): Promise<string> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return (await Promise.all(paths.map((path) => readFile(path, 'latin1')))).join('\n');
  }

  /** Resolves once the text has been logged. */
  async hasLogged(text: string): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`the gateway has ended: ${this.output}`);
      await once(this.child, 'text', { signal: patience });
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await Promise.all([ended, this.anthropic.close(), this.bedrock.close()]);
    await rm(this.directory, { recursive: true, force: true });
  }
}
