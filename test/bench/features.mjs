/**
 * The product with features on, as further columns (`--features`). Before its column is measured, each is shown to work by
 * one request: all features that the column names, and no other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT_KEY, CALLER_KEY } from './payloads.mjs';

const ACCOUNTS = 10;
const ADMIN_TOKEN = 'bench-admin-token';
/** Of requests whose path names no user. */
const USER = 'default';
const TEAM = 'bench';
/** High enough that limits and budgets are counted but never reached. */
const LIMITS = { requests_per_minute: 1_000_000_000, tokens_per_minute: 1_000_000_000, concurrency: 1_000 };
const USD = { day: 5_000_000, month: 10_000_000 };
/** Lines and sums are written once a second. */
const PROOF_PATIENCE_MS = 10_000;

const FEATURES = {
  accounts: {
    env: {
      ANTHROPIC_API_KEYS: Array.from({ length: ACCOUNTS }, (_, index) => `bench-${index}=${ACCOUNT_KEY}${index}`).join(
        ',',
      ),
      // The pool answers for callers without a credential of their own.
      PLACEHOLDER_CREDENTIALS: CALLER_KEY,
    },
  },
  keys: {
    async setUp(api, subject) {
      const { key } = await api('POST', 'keys', { name: 'bench', user: USER, limits: LIMITS });
      subject.head = `x-claude-proxy-key: ${key}\r\n`;
    },
  },
  budgets: {
    async setUp(api) {
      await api('PUT', `teams/${TEAM}`, { users: [USER] });
      for (const scope of [`user:${USER}`, `team:${TEAM}`]) await api('PUT', `budgets/${scope}`, { usd: USD });
    },
  },
  masking: { env: { MASKING: 'aws' } },
};

export const FEATURE_COLUMNS = new Map([
  ['accounts', columnOf('accounts')],
  ['keys', columnOf('keys')],
  ['budgets', columnOf('budgets')],
  ['all', columnOf('accounts', 'keys', 'budgets')],
  ['masking', columnOf('masking')],
  ['all+masking', columnOf('accounts', 'keys', 'budgets', 'masking')],
]);

/** `around` adds the settings of the features to a command that starts the product. */
function columnOf(...names) {
  const around = (command) => (place) => {
    const { env, ...rest } = command(place);
    return { ...rest, env: Object.assign({ ...env, ADMIN_TOKEN }, ...names.map((name) => FEATURES[name].env)) };
  };
  return { names, around };
}

/** @throws Error if a request does not show exactly the features of the column */
export async function switchOn(load, subject, { names }) {
  const api = (...call) => callAdmin(subject.port, ...call);
  for (const name of names) await FEATURES[name].setUp?.(api, subject);
  const { masked } = await load.run('seen');
  const begin = Date.now();
  const request = { port: subject.port, head: subject.head, workload: 'json', connections: 1, count: 1 };
  const { answers } = await load.run('saturate', { ...request, milliseconds: PROOF_PATIENCE_MS });
  if (answers !== 1) throw new Error(`${subject.name}: the first request has failed`);
  const isMasked = (await load.run('seen')).masked > masked;
  let shown;
  do {
    await sleep(250);
    shown = await shownFeatures(api, begin, isMasked);
  } while (String(shown) !== String(names) && Date.now() - begin < PROOF_PATIENCE_MS);
  if (String(shown) === String(names)) return;
  throw new Error(`${subject.name}: a request shows the features [${shown}]; expected: [${names}]`);
}

/** The features that the newest request has used. */
async function shownFeatures(api, begin, isMasked) {
  const { requests } = await api('GET', 'requests?limit=1');
  const { budgets } = await api('GET', 'budgets');
  const [line] = requests.filter(({ started_at }) => started_at >= begin);
  const windows = budgets.flatMap(({ windows }) => windows);
  const isShown = {
    accounts: Boolean(line?.account),
    keys: Boolean(line?.client_key),
    budgets: budgets.length === 2 && windows.every(({ spent }) => spent > 0),
    masking: isMasked,
  };
  return Object.keys(FEATURES).filter((name) => isShown[name]);
}

async function callAdmin(port, method, path, order) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
    method,
    headers: { 'x-admin-token': ADMIN_TOKEN, 'content-type': 'application/json' },
    body: order && JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(`${method} /api/${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
