import { type IndependentWrite, TableStore } from '@claude-proxy/storage';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccountFigures } from '../../../apps/proxy/src/accounts/account-figures.js';
import { BudgetSettlements } from '../../../apps/proxy/src/admission/budgets/budget.settlements.js';
import type { Exchange, FinishedExchange } from '../../../apps/proxy/src/exchange/exchange.js';
import type { ExchangeWriter } from '../../../apps/proxy/src/recording/exchange-writer.js';
import { RequestLogWriter } from '../../../apps/proxy/src/request-log/request-log.writer.js';
import { SessionWriter } from '../../../apps/proxy/src/request-log/session.writer.js';
import { UsageWriter } from '../../../apps/proxy/src/usage/usage.writer.js';
import { exchangesBetween } from './past-day.js';
import type { PastGateway } from './past-exchange.js';

const DAY_MS = 24 * 60 * 60_000;
/** Two months, so that a month can be compared with the one before it. */
const DAYS = 62;
/** The days that have lines, as `REQUEST_LOG_DAYS` of the demo says. Earlier days have figures only. */
export const LINE_DAYS = 2;
/** Figures of an earlier day are those of one request in so many. */
const SAMPLE = 25;
/** What the company asked at the beginning, as a share of today. */
const FIRST_SHARE = 0.45;

/** A day of the history, or the part of it before now. */
export interface PastDay {
  readonly startMs: number;
  readonly exchanges: readonly Exchange[];
  /** So many requests are like each of these. */
  readonly copies: number;
  readonly isToday: boolean;
}

/** Oldest first; the last one is today, in UTC. */
export function* pastDays(gateway: PastGateway, nowMs: number): Generator<PastDay> {
  const todayMs = nowMs - (nowMs % DAY_MS);
  for (let back = DAYS; back >= 0; back -= 1) {
    const startMs = todayMs - back * DAY_MS;
    const share = FIRST_SHARE + (1 - FIRST_SHARE) * (1 - back / DAYS);
    const copies = back < LINE_DAYS ? 1 : SAMPLE;
    const load = { share: share / copies, isSample: copies > 1 };
    const untilMs = Math.min(startMs + DAY_MS, nowMs);
    yield { startMs, copies, isToday: back === 0, exchanges: exchangesBetween(gateway, startMs, untilMs, load) };
  }
}

/** Writes days with the writers that record finished requests, a day at once: one by one takes ten times as long. */
export class HistoryWriter {
  private readonly store: TableStore;
  private readonly figures: readonly ExchangeWriter[];
  private readonly sessions: ExchangeWriter;
  private readonly settlements: ExchangeWriter;
  private rounds = 0;

  constructor(app: NestFastifyApplication) {
    this.store = app.get(TableStore);
    this.figures = [app.get(RequestLogWriter), app.get(UsageWriter), app.get(AccountFigures)];
    this.sessions = app.get(SessionWriter);
    this.settlements = app.get(BudgetSettlements);
  }

  /** @throws Error if the store refuses an item */
  async write(day: PastDay): Promise<void> {
    const { exchanges, copies } = day;
    const figures = copies === 1 ? [...this.figures, this.sessions] : this.figures;
    const writes = [
      ...writesOf(figures, exchanges).flatMap((write) => multiplied(write, copies)),
      ...writesOf([this.settlements], settledOf(day)).map((write) => withRequests(write, copies)),
    ];
    this.rounds += 1;
    const refused = await this.store.writeEach(writes, { writer: 'demo', number: this.rounds });
    if (refused[0]) throw refused[0].error;
  }
}

function writesOf(writers: readonly ExchangeWriter[], exchanges: readonly FinishedExchange[]): IndependentWrite[] {
  const batches = writers.map((writer) => writer.startBatch());
  for (const batch of batches) for (const exchange of exchanges) batch.add(exchange);
  return batches.flatMap((batch) => batch.writes());
}

/** The sums of so many equal requests; without their lines, and figures of five minutes, which are kept for two days. */
function multiplied(write: IndependentWrite, copies: number): IndependentWrite[] {
  if (copies === 1) return [write];
  if (write.kind === 'put' || String(write.key.partition).startsWith('slot#')) return [];
  const add = Object.entries(write.add).map(([name, amount]) => [name, amount * copies]);
  return [{ ...write, add: Object.fromEntries(add) }];
}

/**
 * What budgets count: their counters are in memory as well, so a request that has cost what so many have is settled in their
 * place. The budget of Bedrock exists since the start and counts today.
 */
function settledOf({ exchanges, copies, isToday }: PastDay): readonly FinishedExchange[] {
  if (isToday) return exchanges;
  return exchanges.map((exchange) => {
    const { costNanoUsd, usage = {} } = exchange;
    return Object.assign(Object.create(exchange), {
      isPaidByOperator: false,
      costNanoUsd: typeof costNanoUsd === 'number' ? costNanoUsd * copies : costNanoUsd,
      usage: {
        input_tokens: copies * (usage.input_tokens ?? 0),
        output_tokens: copies * (usage.output_tokens ?? 0),
      },
    }) as FinishedExchange;
  });
}

/** A line of a statement also counts requests. */
function withRequests(write: IndependentWrite, copies: number): IndependentWrite {
  if (write.kind === 'put' || write.add.requests === undefined) return write;
  return { ...write, add: { ...write.add, requests: write.add.requests * copies } };
}
