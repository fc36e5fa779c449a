import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, type Environment } from './read-config.js';

/** What the last read `.env` file has set. */
let fileVariables: Environment = {};

/** The process environment over the `.env` file of the working directory. The only reader of both. */
export function readEnvironment(directory = process.cwd()): Environment {
  fileVariables = readEnvFile(`${directory}/.env`);
  return { ...fileVariables, ...process.env };
}

/** Whether this value of a variable is from the `.env` file. A value of the process environment wins over the file. */
export function isFromFile(variable: string, value: string): boolean {
  return process.env[variable] === undefined && fileVariables[variable]?.trim() === value;
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
