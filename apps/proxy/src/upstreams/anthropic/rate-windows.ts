import type { HeaderLines, RateWindow, WindowKind } from '@claude-proxy/upstream';

const HEADER = /^anthropic-ratelimit-(requests|input-tokens|output-tokens|tokens)-(limit|remaining)$/;
const KINDS: Readonly<Record<string, WindowKind>> = {
  requests: 'requests',
  'input-tokens': 'input_tokens',
  'output-tokens': 'output_tokens',
  tokens: 'tokens',
};
const ORGANIZATION = 'anthropic-organization-id';
const WORKSPACE = 'anthropic-workspace-id';
/** Any of them would show a client which account has answered, or what is left of it. */
const OF_ACCOUNT = /^anthropic-(?:organization-id|workspace-id|ratelimit-|priority-|fast-)/;
/** Ids are short. A longer text is not an id, and would be kept and shown. */
const ID = /^[\w-]{1,100}$/;

/** What the headers of an answer say about the account that gave it. */
export interface AccountHeaders {
  readonly organization?: string;
  readonly workspace?: string;
  readonly windows: readonly RateWindow[];
}

type Found = { -readonly [Name in keyof RateWindow]?: RateWindow[Name] };

/**
 * The token buckets and owners that an answer names, in one pass over its headers.
 * Source: https://platform.claude.com/docs/en/api/rate-limits
 */
export function accountHeadersIn(lines: HeaderLines): AccountHeaders {
  const buckets = new Map<WindowKind, Found>();
  const owners: { organization?: string; workspace?: string } = {};
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index]!.toLowerCase();
    if (!name.startsWith('anthropic-')) continue;
    const value = lines[index + 1]!;
    if (name === ORGANIZATION && ID.test(value)) owners.organization = value;
    else if (name === WORKSPACE && ID.test(value)) owners.workspace = value;
    else noteBucket(buckets, name, value);
  }
  const windows = [...buckets.values()].filter((window): window is RateWindow => isComplete(window));
  return { ...owners, windows };
}

/** True for a header that only the owner of the account may see. */
export function isOfAccount(name: string): boolean {
  return OF_ACCOUNT.test(name);
}

function noteBucket(buckets: Map<WindowKind, Found>, name: string, value: string): void {
  const [, words, member] = HEADER.exec(name) ?? [];
  if (!words || !/^\d{1,15}$/.test(value)) return;
  const kind = KINDS[words]!;
  const bucket = buckets.get(kind) ?? { kind };
  buckets.set(kind, bucket);
  bucket[member as 'limit' | 'remaining'] = Number(value);
}

/** A limit of 0 would be divided by. */
function isComplete({ limit, remaining }: Found): boolean {
  return limit !== undefined && limit > 0 && remaining !== undefined;
}
