import { hash } from 'node:crypto';

const MAX_CHARACTERS = 128;
const HASH_CHARACTERS = 12;

export type ToolKind = 'function' | 'custom' | 'legacy';

/** What a tool is called in the caller's form. */
export interface GivenTool {
  readonly name: string;
  readonly namespace?: string;
  readonly kind: ToolKind;
}

/** Tools whose calls come back in another form than a function of the same name. By the name that Claude calls. */
export type GivenTools = Readonly<Record<string, GivenTool>>;

/** The names under which Claude gets the tools of one request. */
export class ToolNames {
  private readonly sentByGiven = new Map<string, string>();
  private readonly countsByName = new Map<string, number>();
  private readonly others: Record<string, GivenTool> = Object.create(null) as Record<string, GivenTool>;

  /** Undefined for a second tool of the same name, which Claude refuses. */
  add(tool: GivenTool): string | undefined {
    const key = keyOf(tool.name, tool.namespace);
    if (this.sentByGiven.has(key)) return undefined;
    const sent = this.unique(plainName(tool.name, tool.namespace));
    this.sentByGiven.set(key, sent);
    if (sent !== tool.name || tool.kind !== 'function') this.others[sent] = tool;
    return sent;
  }

  has(name: string, namespace?: string): boolean {
    return this.sentByGiven.has(keyOf(name, namespace));
  }

  /** For a call of the history, too, whose tool may no longer be offered. */
  sentNameOf(name: string, namespace?: string): string {
    return this.sentByGiven.get(keyOf(name, namespace)) ?? plainName(name, namespace);
  }

  /** Tools that are called otherwise by Claude than by the caller. */
  get given(): GivenTools {
    return { ...this.others };
  }

  private unique(name: string): string {
    const count = (this.countsByName.get(name) ?? 0) + 1;
    this.countsByName.set(name, count);
    return count === 1 ? name : this.unique(shortened(`${name}_${count}`));
  }
}

function keyOf(name: string, namespace = ''): string {
  return `${namespace}\0${name}`;
}

/** Anthropic takes letters, digits, `_` and `-`. A group and its function are one name, as MCP clients write it. */
function plainName(name: string, namespace?: string): string {
  const joined = namespace ? `${namespace}${namespace.endsWith('__') ? '' : '__'}${name}` : name;
  return shortened(joined.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'tool');
}

function shortened(name: string): string {
  if (name.length <= MAX_CHARACTERS) return name;
  const digits = hash('sha256', name).slice(0, HASH_CHARACTERS);
  return `${name.slice(0, MAX_CHARACTERS - HASH_CHARACTERS - 1)}_${digits}`;
}
