import { pathToFileURL } from 'node:url';
import type { AnyModule } from '../config/declarations.js';
import { ConfigError } from '../config/read-config.js';

/** Loads the modules that `UPSTREAM_MODULES` names: packages by name, files by path. */
export function loadUpstreamModules(names: readonly string[]): Promise<AnyModule[]> {
  return Promise.all(names.map(load));
}

async function load(name: string): Promise<AnyModule> {
  try {
    const isPath = name.startsWith('.') || name.startsWith('/');
    const loaded = await import(isPath ? pathToFileURL(name).href : name);
    if (typeof loaded.default === 'function' || typeof loaded.default === 'object') return loaded.default;
  } catch (error) {
    throw new ConfigError([`UPSTREAM_MODULES names "${name}", which cannot be loaded: ${(error as Error).message}`]);
  }
  throw new ConfigError([`UPSTREAM_MODULES names "${name}", which has no Nest module as its default export`]);
}
