import { ConfigError } from '../config/read-config.js';

/** How a person sets something where they started the gateway. */
export type HowToSet = (name: 'port' | 'host', value: string | number) => string;

export const byVariable: HowToSet = (name, value) => `${name.toUpperCase()}=${value}`;
export const byFlag: HowToSet = (name, value) => `--${name} ${value}`;

type StartError = NodeJS.ErrnoException & { readonly port?: number; readonly address?: string };

/** Why the gateway did not start and what to do; a stack for unexpected errors only. */
export function startFailure(error: StartError, set: HowToSet): string {
  const { code, port, message } = error;
  if (error instanceof ConfigError || error.name === 'StorageError') return message;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken, maybe by another gateway. Take another one: ${set('port', (port ?? 8080) + 1)}`;
  }
  if (code === 'EACCES')
    return `Port ${port} needs more rights than you have. Take one above 1023: ${set('port', 8080)}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `${error.address ?? 'The host'} is not an address of this machine. Take 127.0.0.1 or 0.0.0.0: ${set('host', '127.0.0.1')}`;
  }
  return error.stack ?? String(error);
}
