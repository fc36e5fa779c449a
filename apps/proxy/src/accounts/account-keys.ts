import { z } from 'zod';
import type { Kind } from '../config/kinds.js';
import { Secret } from '../config/secret.js';

/** A key of the environment, and the name of its account. */
export interface NamedKey {
  readonly name: string;
  readonly key: Secret;
}

/** Names are shown, and sent in a header. */
export const ACCOUNT_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const KEY = /^[\x21-\x7e]{1,512}$/;
const LOOKS_LIKE_KEY = /sk-ant-/i;

/**
 * `sk-ant-a, sk-ant-b` or `team-a=sk-ant-a`, separated by commas or lines. A key without a name gets `account-<position>`.
 */
export const accountKeys: Kind<readonly NamedKey[]> = {
  allowed: 'API keys, separated by commas or lines, each as `key` or `name=key`',
  isSecret: true,
  schema: z.string().transform((text, context) => {
    const keys = entriesOf(text).map(namedKeyOf);
    const fault =
      keys.map(({ name, key }) => faultOf(name, key)).find((each) => each !== undefined) ?? faultOfAll(keys);
    if (fault === undefined) return keys.map(({ name, key }) => ({ name, key: new Secret(key) }));
    context.addIssue(fault);
    return z.NEVER;
  }),
};

/** Why this text cannot be the key of an account; undefined if it can. Does not quote the key. */
export function faultOfKey(key: string): string | undefined {
  if (!KEY.test(key) || key.includes(',')) return 'a key has 1 to 512 visible ASCII characters and no comma';
  if (key.startsWith('sk-ant-oat'))
    return 'a subscription token cannot be pooled; use an API key of the Claude Console';
  if (key.startsWith('sk-ant-admin')) return 'an Admin API key cannot send messages; use an API key of a workspace';
  return undefined;
}

function entriesOf(text: string): string[] {
  return text
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Keys have `=` only at their end, if at all; names never have it. */
function namedKeyOf(entry: string, index: number): { readonly name: string; readonly key: string } {
  const at = entry.indexOf('=');
  const isNamed = at > 0 && at < entry.length - 1 && !LOOKS_LIKE_KEY.test(entry.slice(0, at));
  return isNamed
    ? { name: entry.slice(0, at).trim(), key: entry.slice(at + 1).trim() }
    : { name: `account-${index + 1}`, key: entry };
}

function faultOf(name: string, key: string): string | undefined {
  if (!ACCOUNT_NAME.test(name)) return 'the name of an account has 1 to 64 letters, digits or ". _ -"';
  return faultOfKey(key);
}

function faultOfAll(keys: readonly { readonly name: string; readonly key: string }[]): string | undefined {
  if (new Set(keys.map(({ name }) => name)).size < keys.length) return 'two accounts have the same name';
  return new Set(keys.map(({ key }) => key)).size < keys.length ? 'two accounts have the same key' : undefined;
}
