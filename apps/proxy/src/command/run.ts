import { homedir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { CredentialReader } from '../auth/credential.reader.js';
import { readEnvironment } from '../config/environment.js';
import type { Environment } from '../config/read-config.js';
import { VERSION } from '../config/version.js';
import { startGateway } from '../server/start.js';
import { byFlag, startFailure } from '../server/start-failure.js';
import { signInLink } from '../server/startup-report.js';
import { connectHints } from './connect-hints.js';
import { type Flags, HELP, readFlags } from './flags.js';
import { openBrowser } from './open-browser.js';

/** `claude-code-proxy`: the gateway on one's own machine, with flags in place of variables. */
export async function run(given: readonly string[]): Promise<void> {
  try {
    const flags = readFlags(given);
    if (flags.wants === 'help') process.stdout.write(HELP);
    else if (flags.wants === 'version') process.stdout.write(`${VERSION}\n`);
    else await start(flags);
  } catch (error) {
    const isMistyped = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(isMistyped ? `${error.message}\n\n${HELP}` : `${startFailure(error as Error, byFlag)}\n`);
    process.exit(isMistyped ? 2 : 1);
  }
}

async function start(flags: Flags): Promise<void> {
  const { app, url, dashboardUrl, hasFallback } = await startGateway(environmentOf(flags));
  // Log lines are written at the end of their turn; the hints stand below them.
  await endOfTurn();
  process.stdout.write(connectHints(url, app.get(CredentialReader).hasOperatorCredential, hasFallback));
  if (flags.opensBrowser) openBrowser(signInLink(dashboardUrl, app));
}

/** Flags win over the environment. State goes into the home directory: a laptop has many working directories. */
function environmentOf({ port, host }: Flags): Environment {
  const environment = readEnvironment();
  return {
    ...environment,
    DATA_DIR: environment.DATA_DIR || join(homedir(), '.claude-code-proxy'),
    ...(port === undefined ? {} : { PORT: port }),
    ...(host === undefined ? {} : { HOST: host }),
  };
}
