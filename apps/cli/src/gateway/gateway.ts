import { usageError } from '../core/cli-error.js';
import type { World } from '../core/world.js';
import { localGateway } from './local-gateway.js';
import { readIfPresent } from './private-file.js';
import { profileNamed, readProfiles } from './profiles.js';

/** The gateway that a command asks, and why this one. */
export interface Gateway {
  readonly url: string;
  readonly token: string | undefined;
  /** Where the address is from: `--url`, `CCP_URL`, `profile NAME` or `this machine`. */
  readonly source: string;
  /** Where the token is from; `none` without one. */
  readonly tokenSource: string;
}

export interface GatewayFlags {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
  readonly tokenFile?: string | undefined;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Flag, then variable, then profile, then this machine. A token is sent only where it belongs: that of a profile to the
 * address of the profile, that of this machine to a loopback address.
 *
 * @throws CliError
 */
export function findGateway(flags: GatewayFlags, world: Pick<World, 'env' | 'home' | 'directory'>): Gateway {
  const { env } = world;
  const named = flags.url ?? (flags.profile === undefined ? env.CCP_URL || undefined : undefined);
  const given = givenToken(flags, env);
  if (named !== undefined) {
    const url = validUrl(named, flags.url === undefined ? 'CCP_URL' : '--url');
    const source = flags.url === undefined ? 'CCP_URL' : '--url';
    return { url, source, ...(given ?? tokenFor(url, world)) };
  }
  const file = readProfiles(world);
  const profile = flags.profile ?? (env.CCP_PROFILE || file.current);
  if (profile) {
    const { url, token } = profileNamed(file, profile);
    return {
      url,
      source: `profile ${profile}`,
      ...(given ?? { token, tokenSource: token ? `profile ${profile}` : 'none' }),
    };
  }
  const local = localGateway(world);
  return { source: 'this machine', ...local, ...given };
}

function givenToken({ tokenFile }: GatewayFlags, env: World['env']) {
  if (tokenFile !== undefined) {
    const token = readIfPresent(tokenFile)?.trim();
    if (!token) throw usageError(`--token-file ${tokenFile} is missing or empty`);
    return { token, tokenSource: `--token-file ${tokenFile}` };
  }
  return env.CCP_TOKEN ? { token: env.CCP_TOKEN, tokenSource: 'CCP_TOKEN' } : undefined;
}

function tokenFor(url: string, world: Pick<World, 'env' | 'home' | 'directory'>) {
  for (const [name, profile] of Object.entries(readProfiles(world).profiles)) {
    if (profile.token && sameAddress(profile.url, url)) return { token: profile.token, tokenSource: `profile ${name}` };
  }
  if (LOOPBACK.test(new URL(url).hostname)) {
    const { token, tokenSource } = localGateway(world);
    return { token, tokenSource };
  }
  return { token: undefined, tokenSource: 'none' };
}

function sameAddress(left: string, right: string): boolean {
  return URL.canParse(left) && new URL(left).href === new URL(right).href;
}

/** @throws CliError */
export function validUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw usageError(
      `${name} is "${text}", which is not an http or https address`,
      'An example: http://127.0.0.1:8080',
    );
  }
  if (url.username || url.password) {
    throw usageError(
      `${name} has a password in it, which a shell keeps in its history`,
      'Give the token by CCP_TOKEN or `ccp login`.',
    );
  }
  return url.href.replace(/\/$/, '');
}
