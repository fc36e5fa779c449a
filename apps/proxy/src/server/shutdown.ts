import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ServerConfig, serverSection } from '../config/server.config.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { Lifecycle } from '../health/lifecycle.js';
import { ServerDrain } from './drain.js';
import { handleSignals, type SignalHandler } from './signals.js';

/** Together with the 110 s of DRAIN_TIMEOUT_SECONDS less than the 120 s after which ECS kills. */
const FLUSH_TIMEOUT_MS = 8_000;
const SECOND_MS = 1_000;

/**
 * On SIGTERM, SIGINT or SIGHUP: accepts no new connections, lets running answers end, writes what is pending, exits
 * with 0. A second signal, more than a second later, ends running answers early; a third ends the process at once.
 * Call before listening.
 */
export function shutDownOnSignals(app: NestFastifyApplication): void {
  handleSignals(new Shutdown(app));
}

class Shutdown implements SignalHandler {
  private readonly logger = new Logger('Drain');
  private readonly drain: ServerDrain;
  private isFlushing = false;

  constructor(private readonly app: NestFastifyApplication) {
    this.drain = new ServerDrain(app.getHttpServer());
  }

  onSignal(name: NodeJS.Signals, count: number): void {
    if (count === 1) void this.shutDown(name).then((code) => process.exit(code));
    else if (count === 2) this.shorten(name);
    else this.abandon(name);
  }

  onRepeated(name: NodeJS.Signals): void {
    this.logger.log(`${name} again within a second: ignored, draining goes on`);
  }

  /** @returns the exit code */
  private async shutDown(name: NodeJS.Signals): Promise<number> {
    const { drainTimeoutSeconds } = this.app.get<ServerConfig>(serverSection.token);
    const { inFlight } = this.app.get(ExchangeFeed);
    this.logger.log(`✅ ${name}: draining, at most ${drainTimeoutSeconds} s; ${inFlight} requests are running`);
    this.app.get(Lifecycle).isDraining = true;
    this.app.get(ExchangeFeed).changed('draining');
    const cut = await this.drain.untilClosed(drainTimeoutSeconds * SECOND_MS);
    if (cut > 0) this.logger.warn(`${cut} running answers were cut off`);
    return this.flush();
  }

  private shorten(name: NodeJS.Signals): void {
    if (this.isFlushing) {
      this.logger.log(`${name} again: pending writes are being flushed; a third signal abandons them`);
      return;
    }
    this.logger.warn(`${name} again: running answers are cut off, pending writes are flushed`);
    this.drain.cutOff();
  }

  private abandon(name: NodeJS.Signals): void {
    this.logger.warn(`${name} for the third time: the process ends at once, pending writes may be lost`);
    process.exit(128 + constants.signals[name]);
  }

  private async flush(): Promise<number> {
    this.isFlushing = true;
    const late = sleep(FLUSH_TIMEOUT_MS, `the store has not answered within ${FLUSH_TIMEOUT_MS / SECOND_MS} s`);
    const failure = await Promise.race([this.app.close().catch(String), late]);
    if (failure === undefined) return 0;
    this.logger.error(`❌ pending writes may be lost: ${failure}`);
    return 1;
  }
}
