import { ClaudeModels } from '@claude-proxy/claude-models';
import type { Usage } from '@claude-proxy/messages-api';
import { type ExchangeStep, STEP_ORDERS, Step, type StepRequest, type StepRun } from '@claude-proxy/upstream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../auth/caller.js';
import { CostService } from '../../prices/cost.service.js';
import { BudgetLedger, type OpenCap } from './budget.ledger.js';
import { BudgetSettlements, type Reservation } from './budget.settlements.js';
import { BudgetWarnings } from './budget.warnings.js';
import type { Spender } from './budget-record.js';
import { bedrockRefusal, budgetRefusal, percentOf, shareText, storeLost } from './budget-texts.js';
import { type BudgetsConfig, budgetsSection } from './budgets.config.js';
import { cheaperRun } from './cheaper-model.js';
import { countedTokens } from './expected-cost.js';

const BUDGET_HEADER = 'x-claude-proxy-budget';
const WARN_FROM_PERCENT = 75;
/** How far a cheaper model may exceed the cap, in percent. */
const CHEAPER_PERCENT = 110;
const BATCHES = /^\/v1\/messages\/batches(?:\?|$)/;

/** What a request is expected to use. Zero for a batch: its price is known when its results are read. */
interface Expectation {
  readonly usd: number;
  readonly tokens: number;
}

/** Reserves the expected cost of a request in all budgets that hold for it, and settles the real one at its end. */
@Step('budgets', STEP_ORDERS.budgets)
@Injectable()
export class BudgetStep implements ExchangeStep<Caller> {
  private readonly logger = new Logger('Budgets');

  constructor(
    private readonly ledger: BudgetLedger,
    private readonly settlements: BudgetSettlements,
    private readonly warnings: BudgetWarnings,
    private readonly costs: CostService,
    private readonly models: ClaudeModels,
    @Inject(budgetsSection.token) private readonly config: BudgetsConfig,
  ) {}

  appliesTo(): boolean {
    return !this.ledger.isEmpty || this.ledger.isClosed;
  }

  /** Without a promise while the leases of its budgets last. @throws GatewayError billing_error */
  before(request: StepRequest, caller: Caller): StepRun | undefined | Promise<StepRun | undefined> {
    if (!isCounted(request)) return undefined;
    if (this.ledger.isClosed) return this.afterFirstRead(request, caller);
    const spender = spenderOf(caller);
    const nowMs = Date.now();
    this.closeBedrock(caller, spender, nowMs);
    const caps = this.ledger.capsFor(spender, nowMs);
    if (caps.length === 0) return undefined;
    const reserved = this.reserve(caps, this.expect(request, request.model, caller));
    if (reserved instanceof Promise)
      return reserved.then((outcome) => this.run(outcome, { request, caller, caps, nowMs }));
    return this.run(reserved, { request, caller, caps, nowMs });
  }

  /** The budgets were never read, so it is not known which of them hold. @throws GatewayError api_error */
  private async afterFirstRead(request: StepRequest, caller: Caller): Promise<StepRun | undefined> {
    await this.ledger.refresh();
    if (this.ledger.isClosed) throw storeLost(undefined);
    return this.before(request, caller);
  }

  private run(
    outcome: Reservation | OpenCap,
    asked: { request: StepRequest; caller: Caller; caps: readonly OpenCap[]; nowMs: number },
  ): StepRun | Promise<StepRun> {
    if (!('parts' in outcome)) return this.atCap(outcome, asked);
    const { caller, caps } = asked;
    const fullest = caps.reduce((high, cap) => (percentOf(cap) > percentOf(high) ? cap : high));
    const warning = percentOf(fullest) >= WARN_FROM_PERCENT ? [BUDGET_HEADER, shareText(fullest)] : undefined;
    return {
      ...(warning && { answerHeaders: warning }),
      after: () => this.finish(caller, outcome),
    };
  }

  private finish({ exchange }: Caller, reservation: Reservation): void {
    this.settlements.settle(exchange, reservation);
    for (const { cap } of reservation.parts) this.warnings.note(cap);
  }

  /** A refusal, or a cheaper model for another tenth of the cap. */
  private async atCap(
    reached: OpenCap,
    { request, caller, caps, nowMs }: { request: StepRequest; caller: Caller; caps: readonly OpenCap[]; nowMs: number },
  ): Promise<StepRun> {
    this.warnings.note(reached, true);
    const whenOver = reached.record.when_over ?? this.config.whenOver;
    const cheaper = cheaperRun(request, whenOver, this.models);
    if (!cheaper) throw budgetRefusal(reached, this.config.contact, nowMs);
    const wider = caps.map((cap) => ({ ...cap, cap: Math.floor((cap.cap * CHEAPER_PERCENT) / 100) }));
    const outcome = await this.reserve(wider, this.expect(request, cheaper.model, caller));
    if (!('parts' in outcome)) throw budgetRefusal({ ...outcome, cap: reached.cap }, this.config.contact, nowMs);
    const note = `${shareText(reached)}, so ${cheaper.model} answers`;
    return { ...cheaper, answerHeaders: [BUDGET_HEADER, note], after: () => this.finish(caller, outcome) };
  }

  /** All budgets, or the first whose cap is reached. */
  private reserve(
    caps: readonly OpenCap[],
    expected: Expectation,
  ): Reservation | OpenCap | Promise<Reservation | OpenCap> {
    const parts: Reservation['parts'][number][] = [];
    for (const [index, cap] of caps.entries()) {
      const granted = cap.counter.reserve(expected[cap.unit], cap.cap);
      if (granted instanceof Promise) return this.reserveSlowly(caps.slice(index), parts, granted, expected);
      parts.push({ cap, granted });
    }
    return { parts };
  }

  private async reserveSlowly(
    caps: readonly OpenCap[],
    parts: Reservation['parts'][number][],
    first: Promise<number | undefined>,
    expected: Expectation,
  ): Promise<Reservation | OpenCap> {
    for (const [index, cap] of caps.entries()) {
      const asked = index === 0 ? first : cap.counter.reserve(expected[cap.unit], cap.cap);
      const granted = await this.granted(asked, cap).catch((error: unknown) => {
        cancelAll(parts);
        throw error;
      });
      if (granted === undefined) {
        cancelAll(parts);
        return cap;
      }
      parts.push({ cap, granted });
    }
    return { parts };
  }

  /** @throws GatewayError api_error if the store is unreachable and `BUDGET_ON_STORE_LOSS` is `closed` */
  private async granted(asked: number | Promise<number | undefined>, cap: OpenCap): Promise<number | undefined> {
    try {
      return await asked;
    } catch (error) {
      return this.withoutStore(cap, error);
    }
  }

  private withoutStore({ counter, record, scope }: OpenCap, error: unknown): number {
    const act = record.on_store_loss ?? this.config.onStoreLoss;
    this.logger.warn(`❌ the budget of ${scope} could not be checked (${act}): ${String(error)}`);
    if (act === 'closed') throw storeLost(error);
    return counter.reserveUnbacked();
  }

  private expect(request: StepRequest, model: string | undefined, { user }: Caller): Expectation {
    if (model === undefined) return { usd: 0, tokens: 0 };
    const { body, speed, maxTokens = this.models.named(model)?.maxOutputTokens ?? 128_000 } = request;
    const asked = { user, model, bytes: body?.length ?? 0, maxTokens, speed };
    const isStrict = this.config.mode === 'strict';
    const usage: Usage = isStrict
      ? this.settlements.expectations.worst(asked)
      : this.settlements.expectations.expected(asked, performance.now());
    return {
      usd: Math.max(1, this.costs.assumedCost(model, usage).nanoUsd),
      tokens: Math.max(1, countedTokens(usage)),
    };
  }

  /** Which upstream answers is not known yet, so these budgets have no reservations. */
  private closeBedrock({ exchange }: Caller, spender: Spender, nowMs: number): void {
    const reached = this.ledger.bedrockCapsFor(spender, nowMs).find(({ counter, cap }) => counter.spent >= cap);
    if (reached) exchange.closesPaidUpstreams(bedrockRefusal(reached));
  }
}

function isCounted({ operation, method, path }: StepRequest): boolean {
  return operation === 'messages' || (operation === 'relay' && method === 'POST' && BATCHES.test(path));
}

function spenderOf({ exchange }: Caller): Spender {
  return { user: exchange.user, team: exchange.team, keyId: exchange.clientKeyId };
}

function cancelAll(parts: Reservation['parts']): void {
  for (const { cap, granted } of parts) cap.counter.cancel(granted);
}
