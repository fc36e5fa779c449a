import type { Session } from '@claude-proxy/admin-api';
import type { AdminClient } from '@claude-proxy/admin-client';
import type { Gateway } from '../gateway/gateway.js';
import type { Block } from '../text/blocks.js';
import type { World } from './world.js';

/** Names that the shell can complete, read from the gateway. */
export type Completion = 'accounts' | 'keys' | 'users' | 'models' | 'profiles';

interface ArgumentSpec {
  /** `<id>`, `[user]`, `[command...]` */
  readonly name: string;
  readonly text: string;
  readonly values?: Completion | readonly string[];
}

export interface OptionSpec {
  /** As commander reads them: `-l, --last <n>`. */
  readonly flags: string;
  readonly text: string;
  readonly values?: Completion | readonly string[];
}

export interface Input {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | string[] | undefined>>;
}

interface Answer {
  /** Undefined writes nothing. */
  readonly json: unknown;
  /** The same for people. */
  readonly text: readonly Block[];
  /** @default EXIT.fine */
  readonly exit?: number;
}

export interface Context {
  readonly world: World;
  readonly json: boolean;
  /** Of the calls and faults of this command. */
  readonly debug: (text: string) => void;
  readonly gateway: () => Promise<Gateway>;
  readonly client: () => Promise<AdminClient>;
  /** Who is signed in. Asked once per command, beside its first call. */
  readonly session: () => Promise<Session>;
  /** A line for the person, beside the output. */
  readonly note: (text: string) => void;
  /** One record of a stream: a line of NDJSON, or what people read. */
  readonly record: (json: unknown, text: string) => void;
}

/** A command that returns nothing has written its output itself. */
export interface CommandSpec {
  /** `accounts add` */
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Everything after the arguments belongs to another program. */
  readonly passesThrough?: boolean;
  /** For programs: not in the help. */
  readonly isHidden?: boolean;
  readonly run: (context: Context, input: Input) => Promise<Answer | undefined>;
}
