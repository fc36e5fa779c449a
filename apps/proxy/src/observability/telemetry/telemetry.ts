import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ExchangeFeed } from '../../exchange/exchange-feed.js';
import { RequestTraces } from '../../exchange/request-traces.js';
import { type TelemetryConfig, telemetrySection } from './telemetry.config.js';
import { TelemetryCounts } from './telemetry-counts.js';
import type { StartedTelemetry } from './telemetry-sdk.js';
import { type TelemetrySettings, telemetrySettings } from './telemetry-settings.js';

/** After the store is written, within the 8 s of a shutdown. A collector that is away delays an exit no longer. */
const FLUSH_TIMEOUT_MS = 2_000;

/** Traces and metrics for an OpenTelemetry collector. Off, its SDK is not loaded, and nothing listens. */
@Injectable()
export class Telemetry implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Telemetry');
  private readonly failing = new Set<string>();
  private started: StartedTelemetry | undefined;
  private settings: TelemetrySettings | undefined;

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly traces: RequestTraces,
    private readonly counts: TelemetryCounts,
    @Inject(telemetrySection.token) private readonly config: TelemetryConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const settings = telemetrySettings(this.config);
    for (const warning of settings.warnings) this.logger.warn(warning);
    if (!settings.traces && !settings.metrics) return;
    this.settings = settings;
    const { startTelemetry } = await import('./telemetry-sdk.js');
    this.started = await startTelemetry(settings, this.counts, (signal, failure) => this.noteExport(signal, failure));
    this.counts.isOn = true;
    const { beginTrace, onFinished } = this.started;
    this.traces.use(beginTrace);
    this.feed.onFinished(onFinished);
    const sent = (['traces', 'metrics'] as const).flatMap((signal) => this.targetOf(signal) ?? []);
    this.logger.log(`OpenTelemetry: ${sent.join(', ')}`);
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.started) return;
    this.traces.use(undefined);
    const late = sleep(FLUSH_TIMEOUT_MS, 'late', { ref: false });
    if ((await Promise.race([this.started.shutDown(), late])) !== 'late') return;
    this.logger.warn(`The collector has not answered within ${FLUSH_TIMEOUT_MS / 1_000} s: the last spans are lost`);
  }

  private targetOf(signal: 'traces' | 'metrics'): string | undefined {
    const url = this.settings?.[signal]?.url;
    // Its query may hold a key.
    return url && `${signal} to ${url.split('?')[0]}`;
  }

  /** Logged when it begins and when it ends: a collector may be away for days. */
  private noteExport(signal: 'traces' | 'metrics', failure: string | undefined): void {
    if (failure === undefined) {
      if (this.failing.delete(signal))
        this.logger.log(`✅ OpenTelemetry: ${this.targetOf(signal)} are delivered again`);
      return;
    }
    if (this.failing.has(signal)) return;
    this.failing.add(signal);
    const loss = signal === 'traces' ? 'Spans are lost and counted in /metrics' : 'Sums are sent with the next export';
    this.logger.error(`❌ OpenTelemetry: ${this.targetOf(signal)} failed: ${failure}. ${loss}. Check the endpoint.`);
  }
}
