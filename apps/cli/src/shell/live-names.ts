import type { AdminClient } from '@claude-proxy/admin-client';
import type { Completion, Context } from '../core/command.js';
import { cachePath, readCached } from '../gateway/cache-file.js';
import { clientOf } from '../gateway/client-of.js';
import { writePrivateFile } from '../gateway/private-file.js';
import { readProfiles } from '../gateway/profiles.js';

/** A shell waits for the answer at each Tab: from the start of the process until its words are printed. */
const ANSWER_MS = 180;
const MIN_ASK_MS = 60;
const REFRESH_MS = 5_000;
/** While a person types a line. */
const FRESH_MS = 20_000;

interface Cached {
  readonly at: number;
  readonly names: readonly string[];
}

/** Names of the gateway. One that is far away is asked in the background, and its names are there at the next Tab. */
export async function liveNames(kind: Completion, context: Context): Promise<readonly string[]> {
  if (kind === 'profiles') return Object.keys(readProfiles(context.world).profiles);
  const path = await namesPath(kind, context);
  const cached = readCached<Cached>(path);
  if (cached && context.world.now() - cached.at < FRESH_MS) return cached.names;
  try {
    return await ask(kind, context, path, Math.max(MIN_ASK_MS, ANSWER_MS - context.world.ageMs()));
  } catch {
    keep(path, { at: context.world.now(), names: cached?.names ?? [] });
    context.world.startAgain(['complete', '--refresh', kind]);
    return cached?.names ?? [];
  }
}

export async function refreshNames(kind: Exclude<Completion, 'profiles'>, context: Context): Promise<void> {
  await ask(kind, context, await namesPath(kind, context), REFRESH_MS);
}

async function ask(kind: Exclude<Completion, 'profiles'>, context: Context, path: string, patienceMs: number) {
  const gateway = await context.gateway();
  const signal = AbortSignal.timeout(patienceMs);
  const names = await LISTS[kind](clientOf(gateway, { signal }));
  keep(path, { at: context.world.now(), names });
  return names;
}

export const LISTS: Readonly<
  Record<Exclude<Completion, 'profiles'>, (client: AdminClient) => Promise<readonly string[]>>
> = {
  accounts: async (client) => (await client.accounts()).accounts.map(({ name }) => name),
  keys: async (client) => (await client.keys()).keys.map(({ id }) => id),
  users: async (client) => Object.keys((await client.usage({ days: 30 })).users),
  models: async (client) => Object.keys((await client.analytics('30d')).by_model),
};

async function namesPath(kind: Completion, context: Context): Promise<string> {
  const { url, token = '' } = await context.gateway();
  return cachePath(context.world, kind, `${url} ${token}`);
}

/** Without a home directory that can be written, every Tab asks the gateway. */
function keep(path: string, cached: Cached): void {
  try {
    writePrivateFile(path, JSON.stringify(cached));
  } catch {
    // The names were printed all the same.
  }
}
