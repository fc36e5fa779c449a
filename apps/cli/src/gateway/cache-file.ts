import { join } from 'node:path';
import type { World } from '../core/world.js';
import { readIfPresent } from './private-file.js';

const KEY_DIGITS = 12;

/** Where answers of a gateway are kept between commands. @param key of what they depend on, such as the address */
export function cachePath({ env, home }: World, name: string, key: string): string {
  const { hash } = process.getBuiltinModule('node:crypto');
  const digest = hash('sha256', key).slice(0, KEY_DIGITS);
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'ccp', `${name}-${digest}.json`);
}

/** Undefined for a file that is missing or damaged. */
export function readCached<Cached>(path: string): Cached | undefined {
  try {
    return JSON.parse(readIfPresent(path) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
