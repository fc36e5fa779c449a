/**
 * Other gateways in the same rounds (`--peers FOLDER`): those that are installed in the folder. None is a dependency here.
 * docs/decisions/0015 says how they are installed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const PEERS = new Map([
  ['portkey', { module: '@portkey-ai/gateway', program: 'build/start-server.js', commandOf: portkey }],
  ['better-ccflare', { module: 'better-ccflare', program: 'dist/better-ccflare', commandOf: betterCcflare }],
]);

/** Starts each peer that is found. One that does not start is reported and left out. */
export async function startPeers(folder, start, report) {
  const subjects = [];
  for (const [name, { title, command }] of peersIn(resolve(folder))) {
    try {
      subjects.push(Object.assign(await start(name, command), { isPeer: true }));
      report.line(`${name} is ${title}`);
    } catch (error) {
      report.line(`${name} is left out, because it does not start: ${error.message}`);
    }
  }
  return subjects;
}

/** Undefined if a peer fails. It is left out of the rest of the workload, so that it cannot end the run. */
export async function unlessPeerFails(subject, measure) {
  if (subject.failure) return undefined;
  try {
    return await measure();
  } catch (error) {
    if (!subject.isPeer) throw error;
    const { exitCode, signalCode } = subject.child;
    const hasEnded = exitCode !== null || signalCode !== null;
    subject.failure = hasEnded ? `its process has ended (${signalCode ?? exitCode})` : error.message;
    return undefined;
  }
}

/** Figures by the name of their subject, without those of peers that failed in the workload. */
export function withoutFailures(figures, subjects) {
  for (const { name, failure } of subjects) if (failure) figures.delete(name);
  return figures;
}

/** Reports the peers that failed in a workload. The next workload measures them again. */
export function reportFailures(subjects, report) {
  for (const subject of subjects) {
    if (subject.failure) report.line(`  ${subject.name} is left out: ${subject.failure}`);
    subject.failure = undefined;
  }
}

/** @throws Error if the folder has none of them */
function peersIn(folder) {
  const found = new Map();
  for (const [name, { module, program, commandOf }] of PEERS) {
    const home = join(folder, 'node_modules', module);
    if (!existsSync(join(home, program))) continue;
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
    const { runtime = '', command } = commandOf(join(home, program), folder);
    found.set(name, { title: `${module} ${version}${runtime}`, command });
  }
  if (found.size > 0) return found;
  const modules = [...PEERS.values()].map(({ module }) => module);
  throw new Error(
    `--peers ${folder}: this folder has none of ${modules.join(', ')}; \`npm install --prefix ${folder} ${modules.at(-1)}\` installs one`,
  );
}

/**
 * Runs on the folder's own Node, if it has one. Portkey prints request bodies anew, so the upstream compares only their
 * length.
 */
function portkey(program, folder) {
  const own = join(folder, 'node_modules/.bin/node');
  const file = existsSync(own) ? own : process.execPath;
  return {
    runtime: ` on Node ${execFileSync(file, ['--version'], { encoding: 'utf8' }).trim()}`,
    command: ({ port, upstreamPort }) => ({
      file,
      args: [program, `--port=${port}`, '--headless'],
      env: { NODE_ENV: 'production' },
      headers: {
        'x-portkey-provider': 'anthropic',
        'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
        'x-portkey-forward-headers': 'x-bench,x-stream,x-pace,x-printed-anew',
        'x-printed-anew': 'yes',
      },
    }),
  };
}

/** Has one account, whose endpoint is the upstream. */
function betterCcflare(file) {
  const command = ({ port, upstreamPort, directory }) => {
    const database = join(directory, 'database');
    const env = {
      HOME: directory,
      BETTER_CCFLARE_DB_PATH: database,
      BETTER_CCFLARE_CONFIG_PATH: join(directory, 'config.json'),
      BETTER_CCFLARE_LOG_DIR: join(directory, 'logs'),
      BETTER_CCFLARE_HOST: '127.0.0.1',
      CF_PRICING_OFFLINE: '1',
      // Its default is to store all bodies, which the product does not do.
      STORE_PAYLOADS: 'false',
    };
    // Creates the tables. Its own command for accounts asks at a terminal.
    execFileSync(file, ['--list'], { cwd: directory, env, stdio: 'ignore' });
    addAccount(database, `http://127.0.0.1:${upstreamPort}`);
    return { file, args: ['--serve', '--port', String(port)], env };
  };
  return { command };
}

function addAccount(database, endpoint) {
  const store = new DatabaseSync(database);
  store
    .prepare(
      'INSERT INTO accounts (id, name, provider, api_key, created_at, custom_endpoint) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run('bench', 'bench', 'anthropic-compatible', 'sk-bench', Date.now(), endpoint);
  store.close();
}
