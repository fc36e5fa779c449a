import { totalmem } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { BudgetReport } from '../admission/budgets/budget.report.js';
import { BudgetWarnings, WARNING_LEVELS } from '../admission/budgets/budget.warnings.js';
import { VERSION } from '../config/version.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { DrillRegister } from '../fallback/drills/drill.register.js';
import { LimitStore } from '../fallback/limit.store.js';
import { readinessOf } from '../fallback/readiness.js';
import { UpstreamLoad } from '../fallback/upstream.load.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { Recorder } from '../recording/recorder.js';
import { StoreHealth } from '../state/store-health.js';
import { BudgetMetrics } from './budget-metrics.js';
import { TelemetryCounts } from './telemetry/telemetry-counts.js';
import { Webhook } from './webhook/webhook.js';

/** For the answer of one upstream. Scrapes time out after 10 seconds. */
const READINESS_PATIENCE_MS = 2_000;

/** The rooms whose state is measured. */
@Injectable()
export class GatewayFacts {
  constructor(
    readonly feed: ExchangeFeed,
    readonly recorder: Recorder,
    readonly store: StoreHealth,
    readonly warnings: BudgetWarnings,
    readonly budgets: BudgetReport,
    readonly upstreams: UpstreamRegistry,
    readonly load: UpstreamLoad,
    readonly limits: LimitStore,
    readonly drills: DrillRegister,
    readonly webhook: Webhook,
    readonly telemetry: TelemetryCounts,
  ) {}
}

/** The state of this process, read from its rooms at each scrape. */
export class GatewayMetrics {
  constructor(
    private readonly registry: Registry,
    private readonly facts: GatewayFacts,
  ) {
    const { feed, recorder, limits, drills } = facts;
    this.buildInfo();
    this.gauge('in_flight', 'Requests that have not ended.', () => feed.inFlight);
    this.gauge('store_queue_exchanges', 'Requests that are not in the store yet.', () => recorder.waitingExchanges);
    this.gauge('limited_windows', 'Rate limits in force that this process knows of.', () => limits.knownWindows());
    this.gauge('drills', 'Drills in force.', () => drills.count);
    this.gauge('memory_limit_bytes', 'Memory that the process may use.', memoryLimit);
    this.breakers();
    this.usable();
    new BudgetMetrics(registry, facts.budgets);
    this.storeTroubles();
    this.budgetWarnings();
    this.webhookEvents();
    this.telemetry();
  }

  private buildInfo(): void {
    const labelNames = ['version', 'node'] as const;
    const name = 'claude_proxy_build_info';
    new Gauge({
      name,
      help: 'Always 1: the version of the gateway and of Node.',
      labelNames,
      registers: [this.registry],
    })
      .labels({ version: VERSION, node: process.version })
      .set(1);
  }

  private breakers(): void {
    const { upstreams, load } = this.facts;
    const gauge: Gauge<'upstream'> = new Gauge({
      name: 'claude_proxy_open_breakers',
      help: 'Models of an upstream that are asked last, because requests have failed there one after the other.',
      labelNames: ['upstream'],
      registers: [this.registry],
      collect: () => {
        for (const { name } of upstreams.chain) gauge.set({ upstream: name }, load.openBreakersOf(name));
      },
    });
  }

  private usable(): void {
    const { upstreams } = this.facts;
    const gauge: Gauge<'upstream'> = new Gauge({
      name: 'claude_proxy_upstream_usable',
      help: '1 if an upstream of the chain could be asked: it is configured and has credentials.',
      labelNames: ['upstream'],
      registers: [this.registry],
      collect: async () => {
        const asked = upstreams.chain.map(async (upstream) => {
          const { isUsable } = await readinessOf(upstream, READINESS_PATIENCE_MS);
          gauge.set({ upstream: upstream.name }, isUsable ? 1 : 0);
        });
        await Promise.all(asked);
      },
    });
  }

  private storeTroubles(): void {
    const { store, recorder } = this.facts;
    this.total('store_failures', 'Failed calls of the store.', () => store.failures);
    this.total('store_conflicts', 'Writes that lost a race and were sent again.', () => store.conflicts);
    this.total('store_refused_items', 'Items that the store cannot keep.', () => store.refusedItems);
    this.total(
      'store_lost_exchanges',
      'Requests that were lost before they were stored.',
      () => recorder.lostExchanges,
    );
  }

  private budgetWarnings(): void {
    const { warnings } = this.facts;
    this.totalsBy('level', 'budget_warnings', 'Budgets that have reached a share of a cap, in percent.', () =>
      Object.fromEntries(WARNING_LEVELS.map((level) => [level, warnings.countOf(level)])),
    );
  }

  private webhookEvents(): void {
    const { webhook } = this.facts;
    this.totalsBy('outcome', 'webhook_events', 'Events for the webhook: delivered or lost.', () =>
      webhook.isOn ? { delivered: webhook.delivered, lost: webhook.lost } : undefined,
    );
  }

  private telemetry(): void {
    const { telemetry } = this.facts;
    this.totalsBy(
      'outcome',
      'telemetry_spans',
      'Spans for OpenTelemetry: exported, failed, or dropped because too many waited.',
      () => (telemetry.isOn ? telemetry.spans : undefined),
    );
    this.totalsBy(
      'outcome',
      'telemetry_metric_exports',
      'Exports of metrics to OpenTelemetry: exported or failed.',
      () => (telemetry.isOn ? telemetry.metricExports : undefined),
    );
  }

  /** A counter by one label. @param read undefined for what is off: then it has no series */
  private totalsBy(
    label: string,
    name: string,
    help: string,
    read: () => Readonly<Record<string, number>> | undefined,
  ): void {
    const counter: Counter = new Counter({
      name: `claude_proxy_${name}_total`,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect: () => {
        counter.reset();
        for (const [value, count] of Object.entries(read() ?? {})) counter.inc({ [label]: value }, count);
      },
    });
  }

  private gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `claude_proxy_${name}`,
      help,
      registers: [this.registry],
      collect: () => gauge.set(read()),
    });
  }

  /** A counter, and the gauge of the same value that earlier versions had. */
  private total(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name: `claude_proxy_${name}_total`,
      help,
      registers: [this.registry],
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
    this.gauge(name, `Deprecated: as claude_proxy_${name}_total.`, read);
  }
}

/** That of the container, if it has one. */
function memoryLimit(): number {
  return Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
}
