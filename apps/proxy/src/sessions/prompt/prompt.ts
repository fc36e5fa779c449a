/**
 * Fingerprints of the parts that make the prefix of a prompt, in the order in which Anthropic renders it: tools, system,
 * messages. Hashes only, no text; they are keyed at random for each process.
 *
 * Where cache breakpoints are does not belong to the content, and a plain text equals a list of one text block: clients
 * move breakpoints and change the form of older messages in each turn.
 */
export interface Prompt {
  readonly tools: ToolList;
  readonly system: SystemList;
  readonly messages: MessageList;
  /** By name of the member; settings that are absent are left out. */
  readonly settings: Readonly<Record<string, number>>;
}

export interface ToolList {
  /** Of the bytes; 0 without tools. */
  readonly raw: number;
  /** Of each tool that is in the prompt. Tools that are loaded later are not. */
  readonly hashes: readonly number[];
  readonly names: readonly number[];
  /** Of the tools that are loaded later. */
  readonly deferred: number;
  readonly hasBreakpoint: boolean;
}

export interface SystemList {
  readonly raw: number;
  readonly hashes: readonly number[];
  /** Position of the block in which Claude Code names its version; -1 without one. Anthropic does not cache it. */
  readonly clientBlock: number;
  readonly hasBreakpoint: boolean;
}

/** A place up to which the client asks for caching. */
export interface Breakpoint {
  /** Number of messages up to here. */
  readonly message: number;
  /** Number of blocks up to here. */
  readonly block: number;
  readonly isForAnHour: boolean;
}

export interface MessageList {
  readonly count: number;
  /** Ends in the bytes of the list. */
  readonly ends: Uint32Array;
  /** Of the bytes of each message. */
  readonly raws: Float64Array;
  /** Of the content of each message. */
  readonly hashes: Float64Array;
  /** 1 for messages of the assistant. */
  readonly assistants: Uint8Array;
  /** Number of blocks up to the end of each message. */
  readonly blocks: Uint32Array;
  readonly breakpoints: readonly Breakpoint[];
}

/** Members of a body that are part of the key of a cache, or are rendered into the prompt. */
export const CACHED_SETTINGS = [
  'speed',
  'tool_choice',
  'thinking',
  'output_config',
  'context_management',
  'mcp_servers',
  'container',
] as const;

const BYTES_PER_MESSAGE = 25;
const BYTES_PER_HASH = 8;
const BYTES_PER_PROMPT = 1_024;

/** Memory that a prompt takes, roughly. */
export function memoryOf({ tools, system, messages }: Prompt): number {
  const hashes = 2 * tools.hashes.length + system.hashes.length;
  return BYTES_PER_PROMPT + BYTES_PER_MESSAGE * messages.count + BYTES_PER_HASH * hashes;
}
