import type { Answered } from '@claude-proxy/admin-client';
import { COMMANDS } from '../commands.js';
import { clientOf } from '../gateway/client-of.js';
import { findGateway, type Gateway } from '../gateway/gateway.js';
import { type Reach, reach } from '../gateway/reach.js';
import { versionSkew } from '../gateway/version-skew.js';
import { blocksText } from '../text/blocks.js';
import { layoutOf } from '../text/layout.js';
import { durationText } from '../text/numbers.js';
import { printable } from '../text/width.js';
import { CliError, cliErrorOf, usageError } from './cli-error.js';
import type { Context } from './command.js';
import { EXIT } from './exit-codes.js';
import { isHelp, type Parsed, programOf, usageFault, usageHint } from './program.js';
import { expectNoSecret, withoutSecrets } from './secrets.js';
import { VERSION } from './version.js';
import type { World } from './world.js';

/** Runs one command line. Returns the exit code; never throws. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const session = new Session(world, asksFor('--json', args), asksFor('--debug', args));
  try {
    const parsed = parse(args, world);
    return parsed ? await session.run(parsed) : EXIT.fine;
  } catch (error) {
    return session.fail(error);
  }
}

/** Undefined where commander has answered: help and version. @throws CliError */
function parse(args: readonly string[], world: World): Parsed | undefined {
  expectNoSecret(ownArgs(args), 'ccp accounts add --name prod < key.txt');
  let parsed: Parsed | undefined;
  const output = { out: (text: string) => world.stdout.write(text), err: (text: string) => world.stderr.write(text) };
  try {
    programOf(COMMANDS, VERSION, output, (found) => {
      parsed = found;
    }).parse([...args], { from: 'user' });
  } catch (error) {
    if (isHelp(error)) return undefined;
    const fault = usageFault(error);
    if (fault === undefined) throw error;
    throw usageError(withoutSecrets(fault), usageHint(args, COMMANDS));
  }
  return parsed;
}

/** What follows `--` belongs to another program. */
function ownArgs(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

function asksFor(flag: string, args: readonly string[]): boolean {
  return ownArgs(args).includes(flag);
}

/** One command with what it has opened. */
class Session {
  private gateway: Gateway | undefined;
  private reached: Reach | undefined;

  constructor(
    private readonly world: World,
    private readonly json: boolean,
    private readonly isDebug: boolean,
  ) {}

  async run({ spec, input }: Parsed): Promise<number> {
    const { options } = input;
    const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
    const open = async () => {
      this.gateway ??= findGateway(
        { url: text('url'), profile: text('profile'), tokenFile: text('tokenFile') },
        this.world,
      );
      this.debug(`gateway: ${this.gateway.url} (${this.gateway.source}), token: ${this.gateway.tokenSource}`);
      return this.gateway;
    };
    const answer = await spec.run(this.contextOf(open), input);
    await this.noteVersionSkew();
    if (!answer) return EXIT.fine;
    if (answer.json === undefined) return answer.exit ?? EXIT.fine;
    const layout = layoutOf(this.world);
    this.world.stdout.write(this.json ? `${JSON.stringify(answer.json, null, 2)}\n` : blocksText(answer.text, layout));
    return answer.exit ?? EXIT.fine;
  }

  private contextOf(gateway: () => Promise<Gateway>): Context {
    const { world, json } = this;
    const reached = (found: Gateway) => {
      this.reached ??= reach(found);
      return this.reached;
    };
    return {
      world,
      json,
      debug: (text) => this.debug(text),
      gateway,
      client: async () => {
        const found = await gateway();
        const { signal } = reached(found);
        return clientOf(found, {
          signal: AbortSignal.any([world.signal, signal]),
          ...(this.isDebug && { onAnswer: (answer) => this.debug(callText(answer)) }),
        });
      },
      session: async () => reached(await gateway()).session,
      note: (text) => void world.stderr.write(`${printable(text)}\n`),
      record: (value, text) => void world.stdout.write(`${json ? JSON.stringify(value) : text}\n`),
    };
  }

  /** Only if the gateway has answered already: a command does not wait for it. */
  private async noteVersionSkew(): Promise<void> {
    const name = await Promise.race(
      [this.reached?.version, Promise.resolve(undefined)].filter((each) => each !== undefined),
    );
    const skew = name === undefined ? undefined : versionSkew(VERSION, name);
    if (skew !== undefined) this.world.stderr.write(`${printable(skew)}\n`);
  }

  fail(error: unknown): number {
    if (this.world.signal.aborted) return EXIT.interrupted;
    const fault = cliErrorOf(error, this.gateway?.url ?? 'this machine');
    this.debug(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (this.json) {
      this.world.stdout.write(`${this.hidden(JSON.stringify(fault.json))}\n`);
    } else {
      this.world.stderr.write(`${this.hidden(printable(messageOf(fault)))}\n`);
      if (fault.hint) this.world.stderr.write(`${printable(fault.hint)}\n`);
    }
    return fault.exit;
  }

  private debug(text: string): void {
    if (!this.isDebug) return;
    for (const each of text.split('\n')) this.world.stderr.write(`debug: ${this.hidden(printable(each))}\n`);
  }

  private hidden(text: string): string {
    return withoutSecrets(text, this.gateway?.token);
  }
}

function callText({ method, path, status, durationMs, requestId }: Answered): string {
  const outcome = status === 0 ? 'no answer' : String(status);
  return `${method} ${path}: ${outcome} in ${durationText(durationMs)}${requestId ? ` (request ${requestId})` : ''}`;
}

function messageOf({ message, requestId }: CliError): string {
  const text = /[.?!]$/.test(message) ? message : `${message}.`;
  return `Error: ${text}${requestId ? ` (request ${requestId})` : ''}`;
}
