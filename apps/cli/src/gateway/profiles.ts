import { join } from 'node:path';
import { CliError, usageError } from '../core/cli-error.js';
import { EXIT } from '../core/exit-codes.js';
import type { World } from '../core/world.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

export interface Profile {
  readonly url: string;
  /** The admin token, or a client key. */
  readonly token?: string;
}

export interface ProfileFile {
  readonly current: string | null;
  readonly profiles: Readonly<Record<string, Profile>>;
}

export function profilePath({ env, home }: Pick<World, 'env' | 'home'>): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'ccp', 'config.json');
}

/** @throws CliError for a file that others can read, or that is not valid */
export function readProfiles(world: Pick<World, 'env' | 'home'>): ProfileFile {
  const path = profilePath(world);
  const text = readPrivateFile(path);
  if (text === undefined) return { current: null, profiles: {} };
  try {
    const { current = null, profiles } = JSON.parse(text) as Partial<ProfileFile>;
    if (typeof profiles === 'object' && profiles !== null) return { current, profiles };
  } catch {
    // Reported below, without the text: it has secrets in it.
  }
  throw usageError(`${path} is not a valid file of profiles`, 'Move it away, then sign in again with `ccp login`.');
}

export function writeProfiles(world: Pick<World, 'env' | 'home'>, file: ProfileFile): void {
  writePrivateFile(profilePath(world), `${JSON.stringify(file, null, 2)}\n`);
}

/** @throws CliError */
export function profileNamed({ profiles }: ProfileFile, name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return profile;
  const names = Object.keys(profiles);
  const known = names.length > 0 ? `The profiles are: ${names.join(', ')}.` : 'No profile exists yet.';
  throw new CliError(
    EXIT.notFound,
    `No profile has the name "${name}". ${known}`,
    'Create one with `ccp login --profile NAME`.',
  );
}
