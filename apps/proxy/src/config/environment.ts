import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from './read-config.js';

/** The process environment over the `.env` file of the working directory. The only reader of both. */
export function readEnvironment(directory = process.cwd()): Environment {
  return { ...readEnvFile(`${directory}/.env`), ...process.env };
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    throw new ConfigError([`${path} cannot be read: ${code ?? message}`]);
  }
}
