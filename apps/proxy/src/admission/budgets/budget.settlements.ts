import type { IndependentWrite } from '@claude-proxy/storage';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TeamDirectory } from '../../auth/teams/team.directory.js';
import type { FinishedExchange } from '../../exchange/exchange.js';
import { CostService } from '../../prices/cost.service.js';
import type { ExchangeWriter, WriterBatch } from '../../recording/exchange-writer.js';
import { Recorder } from '../../recording/recorder.js';
import { BudgetLedger, type OpenCap } from './budget.ledger.js';
import { BudgetStore } from './budget.store.js';
import { type Spender, scopesOf } from './budget-record.js';
import { countedTokens, ExpectedCosts } from './expected-cost.js';

const KEEP_STATEMENT_SECONDS = 800 * 24 * 60 * 60;

/** What a request holds in the counters of its budgets. */
export interface Reservation {
  readonly parts: readonly { readonly cap: OpenCap; readonly granted: number }[];
}

interface Actual {
  readonly usd: number;
  readonly tokens: number;
  readonly assumedUsd: number;
}

/**
 * Adds the cost of each answer to its budgets and to the statement of the month, once, in the round of the recorder that
 * also stores its usage. Usage and budgets therefore show the same sum.
 */
@Injectable()
export class BudgetSettlements implements ExchangeWriter, OnModuleInit {
  readonly expectations = new ExpectedCosts();
  private readonly settled = new WeakSet<FinishedExchange>();

  constructor(
    private readonly recorder: Recorder,
    private readonly ledger: BudgetLedger,
    private readonly store: BudgetStore,
    private readonly teams: TeamDirectory,
    private readonly costs: CostService,
  ) {}

  onModuleInit(): void {
    this.recorder.addWriter(this);
  }

  startBatch(): WriterBatch {
    return {
      add: (exchange) => this.account(exchange),
      writes: (): IndependentWrite[] => this.ledger.takeWrites(),
    };
  }

  /** At the end of a request with a reservation. */
  settle(exchange: FinishedExchange, { parts }: Reservation): void {
    this.settled.add(exchange);
    const actual = this.actualOf(exchange);
    for (const { cap, granted } of parts) {
      const { spent, unheld } = cap.counter.settle(granted, actual[cap.unit]);
      this.note(cap, spent, unheld);
    }
  }

  /** Every exchange, with a reservation or without: batches are counted when their results are read. */
  private account(exchange: FinishedExchange): void {
    const { usage, model, answeredModel, upstream } = exchange;
    if (!usage || !upstream) return;
    const spender = this.spenderOf(exchange);
    const nowMs = Date.now();
    const actual = this.actualOf(exchange);
    const name = answeredModel ?? model;
    if (name !== undefined && exchange.operation === 'messages' && !this.ledger.isEmpty)
      this.expectations.learn(exchange.user, model ?? name, usage, performance.now());
    const caps = this.settled.has(exchange) ? [] : this.ledger.capsFor(spender, nowMs);
    if (exchange.isPaidByOperator) caps.push(...this.ledger.bedrockCapsFor(spender, nowMs));
    for (const cap of caps) {
      const { spent, unheld } = cap.counter.settle(0, actual[cap.unit]);
      this.note(cap, spent, unheld);
    }
    this.addToStatement(spender, actual, exchange.startedAt);
  }

  /** Statements need keys, teams or budgets. Usage per user is counted elsewhere. */
  private addToStatement(spender: Spender, { usd, tokens, assumedUsd }: Actual, timeMs: number): void {
    if (this.ledger.isEmpty && spender.team === undefined && spender.keyId === undefined) return;
    const month = this.ledger.windows.at(timeMs).month.id.slice('month#'.length);
    const ttl = Math.ceil(timeMs / 1_000) + KEEP_STATEMENT_SECONDS;
    const change = { spent: usd, assumed: assumedUsd, tokens, ttl };
    for (const scope of scopesOf(spender)) {
      const placeOf = () => ({ table: this.store.definition, key: this.store.statementKey(month, scope) });
      this.ledger.pending.addLine(`${month} ${scope}`, placeOf, change);
    }
  }

  private note({ shared }: OpenCap, spent: number, unheld: number): void {
    if (spent === 0 && unheld === 0) return;
    shared.settle(spent, unheld);
    this.ledger.pending.settled(shared);
  }

  private actualOf({ usage, costNanoUsd, answeredModel, model }: FinishedExchange): Actual {
    if (!usage) return { usd: 0, tokens: 0, assumedUsd: 0 };
    const tokens = countedTokens(usage);
    if (typeof costNanoUsd === 'number') return { usd: costNanoUsd, tokens, assumedUsd: 0 };
    const { nanoUsd } = this.costs.assumedCost(answeredModel ?? model ?? '', usage);
    return { usd: nanoUsd, tokens, assumedUsd: nanoUsd };
  }

  private spenderOf({ user, team, clientKeyId }: FinishedExchange): Spender {
    return { user, team: team ?? this.teams.teamOf(user), keyId: clientKeyId };
  }
}
