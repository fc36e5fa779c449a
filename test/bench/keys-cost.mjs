import { BudgetLedger } from '../../dist/apps/proxy/src/admission/budgets/budget.ledger.js';
import { BudgetSettlements } from '../../dist/apps/proxy/src/admission/budgets/budget.settlements.js';
import { BudgetStep } from '../../dist/apps/proxy/src/admission/budgets/budget.step.js';
import { BudgetWindows } from '../../dist/apps/proxy/src/admission/budgets/budget-windows.js';
import { LocalLimitCounters } from '../../dist/apps/proxy/src/admission/key-limits/key-limit.counters.js';
import { KeyLimitStep } from '../../dist/apps/proxy/src/admission/key-limits/key-limit.step.js';
import { ClientKeys } from '../../dist/apps/proxy/src/auth/keys/client-keys.service.js';
import { KeyPepper } from '../../dist/apps/proxy/src/auth/keys/key-pepper.js';
import { newKeyText, parseKeyText } from '../../dist/apps/proxy/src/auth/keys/key-text.js';
import { Exchange } from '../../dist/apps/proxy/src/exchange/exchange.js';
import { CostService } from '../../dist/apps/proxy/src/prices/cost.service.js';
import { ClaudeModels } from '../../dist/libs/claude-models/src/index.js';

const REQUESTS = 5_000;
const ROUNDS = 15;
const MODEL = 'claude-opus-5-5';
const BODY = Buffer.alloc(20_000, 'x');
const USAGE = { input_tokens: 50, output_tokens: 400, cache_read_input_tokens: 6_000 };
const LIMITS = { requests_per_minute: 1_000_000_000, tokens_per_minute: 1_000_000_000, concurrency: 1_000 };
const CAPS = { day: 1_000_000, month: 9_000_000 };
const CONFIG = { mode: 'expected', onStoreLoss: 'open', whenOver: 'refuse', timeZone: 'UTC', patienceMs: 1_000 };

/**
 * CPU of a warm request with a client key that has limits, and budgets of its user and of everybody, in microseconds: the
 * key, the limits, the reservation, the settlement, and what the recorder gets. The median of rounds.
 */
export async function keysMicrosecondsPerRequest() {
  const { clientKeys, key } = await warmKey();
  const budgets = await warmBudgets();
  const limits = new KeyLimitStep(new LocalLimitCounters());
  const rounds = Array.from({ length: ROUNDS }, () => timed(() => serve(clientKeys, key, limits, budgets)));
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
}

async function warmKey() {
  const key = newKeyText();
  const { id, digest: hash } = parseKeyText(key);
  const record = { id, hash, user: 'alice', team: null, roles: [], models: null, endpoints: null, limits: LIMITS };
  const stored = { ...record, state: 'active', expires_at: null, previous_hash: null };
  const store = { find: async () => stored, noteUse() {} };
  const clientKeys = new ClientKeys(store, { watch() {} }, new KeyPepper(undefined), {
    clientAuth: 'keys',
    outageSeconds: 600,
  });
  await clientKeys.identify(key, '127.0.0.1');
  return { clientKeys, key };
}

async function warmBudgets() {
  const recordOf = (scope) => ({ scope, usd: CAPS, tokens: {}, when_over: null, bedrock_only: false, raise: null });
  const store = {
    all: async () => ['everybody', 'user:alice'].map(recordOf),
    table: { increment: async () => {}, get: async () => undefined },
    definition: { name: 'access', partitionKey: 'partition', sortKey: 'sort' },
    counterKey: (scope, _isBedrock, unit, { id }) => ({ partition: `budget#${scope}`, sort: `${unit}#${id}` }),
    statementKey: (month, scope) => ({ partition: `statement#${month}`, sort: scope }),
  };
  const ledger = new BudgetLedger(store, { watch() {} }, CONFIG);
  await ledger.refresh();
  const costs = new CostService({}, new ClaudeModels(), { costOf: () => undefined });
  const settlements = new BudgetSettlements({ addWriter() {} }, ledger, store, { teamOf: () => undefined }, costs);
  const step = new BudgetStep(ledger, settlements, { note() {} }, costs, new ClaudeModels(), CONFIG);
  // The first request takes the leases.
  const caller = callerOf(undefined);
  (await step.before(requestOf(), caller)).after();
  if (!(new BudgetWindows('UTC').at(Date.now()).day.endsAt > Date.now())) throw new Error('no window');
  return { step, settlements, costs };
}

function requestOf() {
  return { operation: 'messages', method: 'POST', path: '/v1/messages', model: MODEL, maxTokens: 32_000, body: BODY };
}

function callerOf(clientKey) {
  const exchange = new Exchange('alice', 'messages', '/v1/messages');
  if (clientKey) exchange.identified('alice', clientKey.id);
  return { clientKey, exchange, user: 'alice' };
}

function serve(clientKeys, key, limits, { step, settlements, costs }) {
  const caller = callerOf(clientKeys.identify(key, '127.0.0.1'));
  const request = requestOf();
  const limited = limits.before(request, caller);
  const budgeted = step.before(request, caller);
  // A lease has run out: rare, and not a warm request.
  if (budgeted instanceof Promise) return;
  const { exchange } = caller;
  exchange.answeredBy('anthropic');
  exchange.priced(costs.assumedCost(MODEL, USAGE).nanoUsd, USAGE);
  budgeted.after();
  limited.after();
  const batch = settlements.startBatch();
  batch.add(exchange);
}

function timed(work) {
  const before = process.cpuUsage();
  for (let request = 0; request < REQUESTS; request += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}
