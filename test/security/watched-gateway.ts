import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnthropicSimulator,
  type BedrockSimulator,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import { BuiltGateway } from '../support/built-gateway.js';

/** The search covers each of them. None is a part of another word. */
export const SECRETS = {
  callerKey: 'sk-ant-api03-caller-Zq81',
  callerToken: 'sk-ant-oat01-caller-Zq82',
  operatorKey: 'sk-ant-api03-operator-Zq83',
  adminToken: 'admin-token-Zq84',
  awsSecret: 'aws-secret-Zq85',
  awsKeyId: 'AKIAZQ86ZQ86ZQ86ZQ86',
  prompt: 'prompt-Zq87',
  answer: 'answer-Zq88',
  query: 'query-Zq89',
  cookie: 'cookie-Zq90',
  wrongToken: 'wrong-token-Zq91',
  image: 'image-Zq92',
  toolInput: 'tool-input-Zq93',
  toolResult: 'tool-result-Zq94',
  oddHeader: 'odd-header-Zq95',
  file: 'file-Zq96',
  drill: 'drill-word-Zq97',
} as const;

const ADMIN = { 'x-admin-token': SECRETS.adminToken };
/** A refusal may quote the caller's own content, because only the caller gets it. */
const QUOTABLE_TO_CALLERS = ['prompt', 'callerKey', 'callerToken'];

/** The built gateway, with a record of everything that it exposes to others than the caller. */
export class WatchedGateway {
  private readonly sentToCallers: string[] = [];
  private readonly sentToAdmins: string[] = [];

  private constructor(
    readonly anthropic: AnthropicSimulator,
    readonly bedrock: BedrockSimulator,
    private readonly gateway: BuiltGateway,
    private readonly directory: string,
  ) {}

  static async started(): Promise<WatchedGateway> {
    const anthropic = await startAnthropicSimulator();
    const bedrock = await startBedrockSimulator();
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-secrets-'));
    const gateway = await BuiltGateway.started({
      DATA_DIR: directory,
      LOG_LEVEL: 'debug',
      FALLBACK_CHAIN: 'anthropic,bedrock',
      ANTHROPIC_UPSTREAM_URL: anthropic.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ACCESS_KEY_ID: SECRETS.awsKeyId,
      AWS_SECRET_ACCESS_KEY: SECRETS.awsSecret,
      ANTHROPIC_API_KEY: SECRETS.operatorKey,
      ADMIN_TOKEN: SECRETS.adminToken,
      MAX_RETRY_WAIT_SECONDS: '0',
      BREAKER_AFTER_FAILURES: '1000',
      DRAIN_TIMEOUT_SECONDS: '5',
    });
    return new WatchedGateway(anthropic, bedrock, gateway, directory);
  }

  /** One request of a caller. Records the headers, and the body if it is the gateway's own or an error. */
  async ask(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
    const response = await fetch(this.gateway.url + path, init);
    this.sentToCallers.push(JSON.stringify([...response.headers]));
    const text = await response.text();
    if (response.status >= 400) this.sentToCallers.push(text);
    return { status: response.status, text };
  }

  async askAsAdmin(path: string): Promise<string> {
    const text = await (await fetch(this.gateway.url + path, { headers: ADMIN })).text();
    this.sentToAdmins.push(text);
    return text;
  }

  /** Calls all admin endpoints, including one for each exchange of the request log. */
  async askEverything(): Promise<number> {
    const paths = ['/debug/env', '/api/limits', '/api/drills', '/api/analytics?range=1h', '/api/session', '/metrics'];
    for (const path of [...paths, '/health', '/health/ready', '/v1/usage']) await this.askAsAdmin(path);
    const { requests } = JSON.parse(await this.askAsAdmin('/api/requests?limit=500')) as { requests: { id: string }[] };
    for (const { id } of requests) await this.askAsAdmin(`/api/requests/${id}`);
    return requests.length;
  }

  /** Ends the process like a deployment, so that pending writes are written, and searches all places. */
  async searched(): Promise<{ found: string[]; places: Readonly<Record<string, string>> }> {
    this.gateway.signal('SIGTERM');
    const { stdout, stderr } = await this.gateway.ended;
    const files = await readdir(this.directory);
    const contents = await Promise.all(files.map((name) => readFile(join(this.directory, name), 'latin1')));
    const places: Record<string, string> = {
      output: stdout + stderr,
      'admin answers': this.sentToAdmins.join('\n'),
      'answers to callers': this.sentToCallers.join('\n'),
      ...Object.fromEntries(files.map((name, index) => [name, contents[index]!])),
    };
    return { found: Object.entries(places).flatMap(([place, text]) => secretsIn(place, text)), places };
  }

  async close(): Promise<void> {
    await this.gateway.stop();
    await Promise.all([this.anthropic.close(), this.bedrock.close()]);
    await rm(this.directory, { recursive: true, force: true });
  }
}

function secretsIn(place: string, text: string): string[] {
  const isCallers = place === 'answers to callers';
  return Object.entries(SECRETS)
    .filter(([name]) => !(isCallers && QUOTABLE_TO_CALLERS.includes(name)))
    .filter(([, secret]) => disguisesOf(secret).some((disguise) => text.includes(disguise)))
    .map(([name]) => `${name} in ${place}`);
}

/** The plain secret, and its base64 forms for each of the three possible offsets. */
function disguisesOf(secret: string): string[] {
  const inBase64 = ['', 'x', 'xx'].map((before) => {
    const firstWhole = Math.ceil((before.length * 4) / 3);
    return Buffer.from(before + secret)
      .toString('base64')
      .slice(firstWhole, -4);
  });
  return [secret, ...inBase64];
}
