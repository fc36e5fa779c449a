import { AccountPool } from '../../dist/apps/proxy/src/accounts/account-pool.js';
import { apiKeyCredential } from '../../dist/apps/proxy/src/auth/credential.reader.js';
import { CredentialStates } from '../../dist/apps/proxy/src/exchange/credential-states.js';
import { ExchangeFeed } from '../../dist/apps/proxy/src/exchange/exchange-feed.js';
import { OperatorCredentials } from '../../dist/apps/proxy/src/exchange/operator-credentials.js';
import { OperatorEvents } from '../../dist/apps/proxy/src/exchange/operator-events.js';
import { ClaudeModels } from '../../dist/libs/claude-models/src/index.js';

const ACCOUNTS = 50;
const SESSIONS = 5_000;
const REQUESTS = 20_000;
const ROUNDS = 15;
const MODEL = 'claude-opus-5-5';
const GROUP = 'opus-5-5';
const CONFIG = { sessionTimeoutSeconds: 18_000, policy: 'balanced', waitSavesUsd: 0.05, maxHops: 3 };
const WINDOWS = ['requests', 'input_tokens', 'output_tokens', 'tokens'].map((kind) => ({
  kind,
  limit: 5_000_000,
  remaining: 4_000_000,
}));

/**
 * CPU of the pool for one request, in microseconds: the session's key, the choice among 50 accounts, what an answer
 * teaches, and the record. Medians of rounds: warm sessions, and warm sessions while an organization is closed.
 */
export function poolMicrosecondsPerRequest() {
  const pool = new AccountPool(
    new ClaudeModels(),
    new OperatorCredentials(),
    new ExchangeFeed(),
    new CredentialStates(),
    new OperatorEvents(),
    CONFIG,
  );
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => accountOf(index));
  pool.start(accounts, 'secret');
  for (const [index, { credential }] of accounts.entries()) {
    pool.learn(credential, { ...ownersOf(index), group: GROUP, model: MODEL, windows: WINDOWS });
  }
  const warm = medianOf(() => timed(pool, accounts));
  const verdict = { fault: 'cooling', reach: 'organization', isOfGroup: true, reason: 'bench', seconds: 3_600 };
  pool.learn(accounts[0].credential, { ...ownersOf(0), group: GROUP, model: MODEL, windows: [], verdict });
  return { warm, closed: medianOf(() => timed(pool, accounts)) };
}

function accountOf(index) {
  const credential = apiKeyCredential(`sk-ant-bench-${index}`);
  const id = `acc_${credential.fingerprint}`;
  return {
    id,
    name: `bench-${index}`,
    credential,
    priority: 100,
    weight: 1,
    models: [],
    operatorState: 'active',
    origin: 'environment',
  };
}

function ownersOf(index) {
  return { organization: `org-${index % 25}`, workspace: `wrk-${index}` };
}

function timed(pool, accounts) {
  const body = Buffer.from(JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'x'.repeat(2_000) }] }));
  const started = process.cpuUsage();
  for (let index = 0; index < REQUESTS; index += 1) {
    const request = {
      operation: 'messages',
      path: '/v1/messages',
      headers: [],
      body,
      model: MODEL,
      isStream: true,
      user: 'bench',
    };
    const session = `session ${index % SESSIONS}`;
    const walk = pool.walk({ request, group: GROUP, session, patienceSeconds: 0, hasFallback: false });
    const step = walk.next();
    if (step?.act === 'ask') {
      pool.learn(step.credential, {
        ...ownersOf(indexOf(pool, accounts, step)),
        group: GROUP,
        model: MODEL,
        windows: WINDOWS,
      });
      walk.answered();
    }
    walk.decide();
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / REQUESTS;
}

function indexOf(pool, accounts, { credential }) {
  return accounts.findIndex(({ id }) => id === pool.idOf(credential));
}

function medianOf(round) {
  const rounds = Array.from({ length: ROUNDS }, round);
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}
