import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { World } from '../core/world.js';
import { readIfPresent } from './private-file.js';

const DEFAULT_PORT = '8080';

export interface LocalGateway {
  readonly url: string;
  readonly token: string | undefined;
  readonly tokenSource: string;
}

/**
 * The gateway of this machine: its address by `gateway.json` in its data directory, else by PORT; its token by ADMIN_TOKEN,
 * else by the file `admin-token` there. Reads the same variables and `.env` file as the gateway.
 */
export function localGateway({ env, home, directory }: Pick<World, 'env' | 'home' | 'directory'>): LocalGateway {
  const settings = { ...envFile(join(directory, '.env')), ...env };
  const places = settings.DATA_DIR
    ? [resolve(directory, settings.DATA_DIR)]
    : [join(directory, 'data'), join(home, '.claude-code-proxy')];
  const found = places.map((place) => ({ place, url: addressIn(place), token: tokenIn(place) }));
  const running = found.find(({ url }) => url !== undefined) ?? found.find(({ token }) => token !== undefined);
  const url = running?.url ?? `http://127.0.0.1:${settings.PORT || DEFAULT_PORT}`;
  if (settings.ADMIN_TOKEN) return { url, token: settings.ADMIN_TOKEN, tokenSource: 'ADMIN_TOKEN' };
  const tokenSource = running?.token === undefined ? 'none' : join(running.place, 'admin-token');
  return { url, token: running?.token, tokenSource };
}

function envFile(path: string): Readonly<Record<string, string | undefined>> {
  const text = readIfPresent(path);
  return text === undefined ? {} : parseEnv(text);
}

function tokenIn(place: string): string | undefined {
  return readIfPresent(join(place, 'admin-token'))?.trim() || undefined;
}

/** Undefined unless the process that wrote the file is running. */
function addressIn(place: string): string | undefined {
  const text = readIfPresent(join(place, 'gateway.json'));
  if (text === undefined) return undefined;
  try {
    const { url, pid } = JSON.parse(text) as { url: string; pid: number };
    return isRunning(pid) && new URL(url).protocol.startsWith('http') ? url : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
