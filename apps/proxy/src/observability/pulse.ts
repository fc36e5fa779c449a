import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { BodyBudget } from '../http/body-budget.js';
import { Recorder } from '../recording/recorder.js';
import { StoreHealth } from '../state/store-health.js';
import { LOGGER } from './logger.token.js';
import { isPretty } from './logging.js';
import { type ObservabilityConfig, observabilitySection } from './observability.config.js';

const INTERVAL_MS = 60_000;

/** Logs a line per minute with facts of the process, which alarms are based on. Not in a terminal. */
@Injectable()
export class Pulse implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private loggedFailures = 0;
  private loggedLost = 0;

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly recorder: Recorder,
    private readonly store: StoreHealth,
    private readonly bodies: BodyBudget,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(observabilitySection.token) private readonly config: ObservabilityConfig,
  ) {}

  onModuleInit(): void {
    if (!isPretty(this.config)) this.timer = setInterval(() => this.log(), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Counts since the last line, and current values. */
  log(): void {
    const { failures } = this.store;
    const { lostExchanges, waitingExchanges } = this.recorder;
    this.logger.info(
      {
        pulse: true,
        in_flight: this.feed.inFlight,
        buffered_percent: this.bodies.heldPercent,
        waiting_exchanges: waitingExchanges,
        store_failures: failures - this.loggedFailures,
        lost_exchanges: lostExchanges - this.loggedLost,
      },
      '📊 pulse',
    );
    this.loggedFailures = failures;
    this.loggedLost = lostExchanges;
  }
}
