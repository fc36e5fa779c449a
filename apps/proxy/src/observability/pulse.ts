import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { Recorder } from '../recording/recorder.js';
import { StoreHealth } from '../state/store-health.js';
import { LOGGER } from './logger.token.js';
import { isPretty } from './logging.js';
import { type ObservabilityConfig, observabilitySection } from './observability.config.js';

const INTERVAL_MS = 60_000;

/** A line a minute with what no exchange can tell: alarms are made from it. A terminal is spared. */
@Injectable()
export class Pulse implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private toldFailures = 0;
  private toldLost = 0;

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly recorder: Recorder,
    private readonly store: StoreHealth,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(observabilitySection.token) private readonly config: ObservabilityConfig,
  ) {}

  onModuleInit(): void {
    if (!isPretty(this.config)) this.timer = setInterval(() => this.tell(), INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** What has been counted since the last line, and what stands right now. */
  tell(): void {
    const { failures } = this.store;
    const { lostExchanges, waitingExchanges } = this.recorder;
    this.logger.info(
      {
        pulse: true,
        inFlight: this.feed.inFlight,
        waitingExchanges,
        storeFailures: failures - this.toldFailures,
        lostExchanges: lostExchanges - this.toldLost,
      },
      '📊 pulse',
    );
    this.toldFailures = failures;
    this.toldLost = lostExchanges;
  }
}
