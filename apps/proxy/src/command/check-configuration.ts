import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { sectionsIn } from '../config/declarations.js';
import { readEnvironment } from '../config/environment.js';
import { ConfigError, readConfig } from '../config/read-config.js';

const FAULTY = 2;

/** `ccp config check`: reads the environment and the `.env` file as a start does, and starts nothing. */
function checkConfiguration(isJson: boolean): void {
  const sections = sectionsIn(ROOMS);
  const faults = faultsOf(sections);
  if (faults.length > 0) process.exitCode = FAULTY;
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ valid: faults.length === 0, faults }, null, 2)}\n`);
  } else if (faults.length === 0) {
    const count = sections.reduce((sum, { settings }) => sum + Object.keys(settings).length, 0);
    process.stdout.write(`The configuration is valid: ${count} settings were read.\n`);
  } else {
    process.stderr.write(`${faults.join('\n')}\nAll settings and their values: docs/configuration.md\n`);
  }
}

function faultsOf(sections: ReturnType<typeof sectionsIn>): readonly string[] {
  try {
    readConfig(readEnvironment(), sections);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

checkConfiguration(process.argv.includes('--json'));
