import { ClaudeModels, endOfLifeOf } from '@claude-proxy/claude-models';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AccountPool } from '../accounts/account-pool.js';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import { AccountMetrics } from './account-metrics.js';
import { type ExchangeGroup, ExchangeSums } from './exchange-sums.js';
import { GatewayFacts, GatewayMetrics } from './gateway-metrics.js';
import { ModelLabels } from './model-labels.js';
import { SessionMetrics } from './session-metrics.js';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
/** How many exchanges are summed up before they are counted. */
const MAX_UNCOUNTED = 250;

export interface MetricDescription {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** What prom-client does not declare. */
interface RegisteredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly labelNames?: readonly string[];
}

/** Figures of this process for Prometheus. No user is a label: their number is unbounded. */
@Injectable()
export class Metrics implements OnModuleInit, OnModuleDestroy {
  private readonly registry = new Registry();
  private uncounted = new ExchangeSums();
  private readonly models = new ModelLabels();
  private readonly requests = this.counter('requests_total', 'Finished requests.', [
    'operation',
    'upstream',
    'outcome',
    'status',
    'model',
  ]);
  private readonly throttles = this.counter(
    'throttles_total',
    'Requests that the gateway itself refused with 429: throttle, limits of a key, budgets, loops.',
    [],
  );
  private readonly unanswered = this.counter(
    'unanswered_total',
    'Messages that neither the first upstream nor a fallback upstream answered.',
    [],
  );
  private readonly attempts = this.counter('attempts_total', 'Attempts at an upstream.', ['upstream', 'failure']);
  private readonly fallbacks = this.counter('fallbacks_total', 'Answers of a fallback upstream.', [
    'upstream',
    'reason',
  ]);
  private readonly tokens = this.counter('tokens_total', 'Tokens.', ['upstream', 'model', 'kind']);
  private readonly cost = this.counter('cost_usd_total', 'Cost of answers whose price is known.', [
    'upstream',
    'model',
  ]);
  private readonly unpriced = this.counter('unpriced_requests_total', 'Answers without a known price.', [
    'upstream',
    'model',
  ]);
  private readonly masked = this.counter(
    'masked_total',
    'Identifiers that were masked, restored or left masked; BLOB: images, PDFs and files that passed.',
    ['rule', 'direction'],
  );
  private readonly loops = this.counter(
    'loop_requests_total',
    'Requests of agents that repeat a tool call, by outcome.',
    ['outcome'],
  );
  private readonly events = this.counter('operator_events_total', 'Events for operators, by type.', ['type']);
  private readonly firstByte = this.histogram('first_byte_seconds', 'Time until the first byte of an answer.');
  private readonly accounts: AccountMetrics;
  private readonly sessions = new SessionMetrics(this.registry);
  private readonly duration = this.histogram('duration_seconds', 'Time until the end of an answer.');

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly claudeModels: ClaudeModels,
    facts: GatewayFacts,
    accounts: AccountPool,
    private readonly operatorEvents: OperatorEvents,
  ) {
    this.accounts = new AccountMetrics(this.registry, accounts);
    new GatewayMetrics(this.registry, facts);
    this.modelEnds();
    // Memory, CPU, garbage collection, and the delay of the event loop.
    collectDefaultMetrics({ register: this.registry });
  }

  onModuleInit(): void {
    this.operatorEvents.onEvent(({ type }) => this.events.inc({ type }));
    this.feed.onFinished((exchange) => this.count(exchange));
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics, for `docs/metrics.md`. */
  get descriptions(): MetricDescription[] {
    return this.registry.getMetricsAsArray().map((metric) => {
      const { name, help, type, labelNames = [] } = metric as unknown as RegisteredMetric;
      return { name, help, type: String(type), labels: [...labelNames] };
    });
  }

  /** The current values in the format of Prometheus. */
  async page(): Promise<string> {
    this.feed.notifyOfEnded();
    this.countAll();
    return this.registry.metrics();
  }

  onModuleDestroy(): void {
    this.registry.clear();
  }

  private count(exchange: FinishedExchange): void {
    const { operation, outcome, upstream = 'none', fallbackReason } = exchange;
    const model = this.models.labelFor(exchange.answeredModel ?? exchange.model, exchange.usage !== undefined);
    this.uncounted.add(exchange, model);
    if (isOwnThrottle(exchange)) this.throttles.inc();
    if (exchange.isFallback) this.fallbacks.inc({ upstream, reason: fallbackReason ?? 'unknown' });
    this.accounts.count(exchange);
    this.sessions.count(exchange);
    this.countMasking(exchange);
    if (exchange.repeated) this.loops.inc({ outcome });
    if (operation === 'messages' && outcome === 'refused' && fallbackReason !== undefined) this.unanswered.inc();
    if (this.uncounted.count >= MAX_UNCOUNTED) this.countAll();
  }

  private countAll(): void {
    const sums = this.uncounted;
    this.uncounted = new ExchangeSums();
    for (const { upstream, failure, count } of sums.ofAttempts()) this.attempts.inc({ upstream, failure }, count);
    for (const group of sums.ofExchanges()) this.countGroup(group);
  }

  private countGroup(group: ExchangeGroup): void {
    const { operation, upstream, outcome, status, model, tokens } = group;
    const labels = { upstream, model };
    this.requests.inc({ operation, upstream, outcome, status, model }, group.count);
    observe(this.firstByte, labels, group.firstByteMs);
    observe(this.duration, labels, group.durationMs);
    for (const [kind, count] of Object.entries(tokens)) if (count > 0) this.tokens.inc({ ...labels, kind }, count);
    if (group.unpriced > 0) this.unpriced.inc(labels, group.unpriced);
    if (group.costNanoUsd > 0) this.cost.inc(labels, group.costNanoUsd / 1e9);
  }

  private countMasking({ masking }: FinishedExchange): void {
    if (!masking) return;
    for (const [rule, count] of Object.entries(masking.replaced)) this.masked.inc({ rule, direction: 'masked' }, count);
    for (const [rule, count] of Object.entries(masking.restored)) {
      this.masked.inc({ rule, direction: 'restored' }, count);
    }
    if (masking.left > 0) this.masked.inc({ rule: 'all', direction: 'left' }, masking.left);
    if (masking.blobs) this.masked.inc({ rule: 'BLOB', direction: 'passed' }, masking.blobs);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `claude_proxy_${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string): Histogram<ByModel> {
    const labelNames: ByModel[] = ['upstream', 'model'];
    return new Histogram({
      name: `claude_proxy_${name}`,
      help,
      labelNames,
      buckets: SECONDS,
      registers: [this.registry],
    });
  }

  /** Gauge for the models that this process has served. */
  private modelEnds(): void {
    const gauge: Gauge<'model' | 'successor'> = new Gauge({
      name: 'claude_proxy_model_end_of_life_days',
      help: 'Days until Anthropic retires a model in use, from 60 days before.',
      labelNames: ['model', 'successor'],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        for (const name of this.models) {
          const end = endOfLifeOf(this.claudeModels.named(name), Date.now());
          if (end) gauge.set({ model: end.model, successor: end.successor ?? 'none' }, end.days);
        }
      },
    });
  }
}

type ByModel = 'upstream' | 'model';

function observe(
  histogram: Histogram<ByModel>,
  labels: Record<ByModel, string>,
  milliseconds: readonly number[],
): void {
  if (milliseconds.length === 0) return;
  const series = histogram.labels(labels);
  for (const ms of milliseconds) series.observe(ms / 1_000);
}

/** No upstream was asked, and no limit of an upstream was the reason. */
function isOwnThrottle({ status, outcome, attempts, fallbackReason }: FinishedExchange): boolean {
  return status === 429 && outcome === 'refused' && attempts.length === 0 && fallbackReason === undefined;
}
