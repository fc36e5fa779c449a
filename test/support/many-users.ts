import type { IndependentWrite, TableStore } from '@claude-proxy/storage';

const DAY_MS = 86_400_000;
const MODELS = ['claude-opus-5-5', 'claude-sonnet-5', 'claude-haiku-4-5'];
const USAGE_COUNTERS = ['input_tokens', 'output_tokens', 'total_tokens', 'request_count', 'cost_nano_usd'];
/** Counters of one hour: input, output, requests, cost. */
const HOUR_LETTERS = ['i', 'o', 'r', '$'];
const USAGE = { name: 'claude-proxy-usage', partitionKey: 'user_period' };
const FIGURES = { requests: 1, answered: 1, input_tokens: 10, output_tokens: 5, duration_ms: 900, 'd#63': 1 };

export interface Company {
  readonly users: number;
  readonly days: number;
}

/** Writes usage and figures of a company: one request per user, day and model. */
export async function writeCompany(store: Pick<TableStore, 'writeEach'>, { users, days }: Company): Promise<void> {
  for (let back = 0; back < days; back += 1) {
    const day = new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10);
    const ofUsers = Array.from({ length: users }, (_, user) => writesOfUser(`user${user}`, day, user % 4)).flat();
    const writes = [...ofUsers, ...writesOfHours(day)];
    const refused = await store.writeEach(writes, { writer: 'test', number: back + 1 });
    if (refused.length > 0) throw refused[0]!.error;
  }
}

function writesOfUser(user: string, day: string, shard: number): IndependentWrite[] {
  const totals = Object.fromEntries(USAGE_COUNTERS.map((counter) => [counter, MODELS.length]));
  const ofModels = MODELS.map((model, index) => ({
    [`name#mod${index}`]: model,
    ...Object.fromEntries(HOUR_LETTERS.map((letter) => [`9#mod${index}${letter}`, 1])),
  }));
  const key = `${user}#${day}#anthropic`;
  const usage = { user_id: user, period: day, request_type: 'anthropic', ...Object.assign(totals, ...ofModels) };
  const entry = { period_shard: `${day}#${shard}`, counted_in: key };
  const figures = { partition: `user#${day}`, sort: user, user, ...FIGURES, requests: MODELS.length };
  return [
    { kind: 'put', table: USAGE, item: { user_period: key, ...usage } },
    { kind: 'put', table: USAGE, item: { user_period: `${key}##entry`, ...entry } },
    put(figures),
  ];
}

function writesOfHours(day: string): IndependentWrite[] {
  return Array.from({ length: 24 }, (_, hour) =>
    MODELS.map((model) => {
      const sort = `${String(hour).padStart(2, '0')}#anthropic#${model}`;
      return put({ partition: `hour#${day}`, sort, upstream: 'anthropic', model, ...FIGURES });
    }),
  ).flat();
}

function put(item: Record<string, unknown>): IndependentWrite {
  return { kind: 'put', table: { name: 'claude-proxy-requests', partitionKey: 'partition', sortKey: 'sort' }, item };
}
