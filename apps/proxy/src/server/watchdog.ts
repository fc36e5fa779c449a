import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ServerConfig, serverSection } from '../config/server.config.js';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { isPretty } from '../observability/logging.js';
import { type ObservabilityConfig, observabilitySection } from '../observability/observability.config.js';
import { SharedPulse } from './watchdog-pulse.js';

const BEAT_MS = 500;
/** The thread holds a timer and a few numbers. */
const RESOURCES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 4 };

/** What the watching thread gets. */
export interface WatchdogOptions {
  readonly memory: SharedArrayBuffer;
  readonly limitSeconds: number;
  readonly isPretty: boolean;
}

/**
 * Ends the process when its event loop has stood still for `WATCHDOG_SECONDS`, so that a supervisor starts a new one:
 * such a process answers nothing, health checks included, and cannot end itself. Call after listening.
 */
export function startWatchdog(app: NestFastifyApplication): void {
  const { watchdogSeconds } = app.get<ServerConfig>(serverSection.token);
  if (watchdogSeconds === 0) return;
  const pulse = SharedPulse.create();
  const options: WatchdogOptions = {
    memory: pulse.memory,
    limitSeconds: watchdogSeconds,
    isPretty: isPretty(app.get<ObservabilityConfig>(observabilitySection.token)),
  };
  // A person who steps through the code in a debugger holds the loop as well.
  const beat = () => pulse.beat(inspectorUrl() === undefined);
  beat();
  setInterval(beat, BEAT_MS).unref();
  app.get(ExchangeFeed).onReceived((exchange) => pulse.note(sentenceOf(exchange)));
  const worker = new Worker(new URL('./watchdog.worker.js', import.meta.url), {
    workerData: options,
    resourceLimits: RESOURCES,
    execArgv: [],
  });
  worker.unref();
}

/** No path: people put keys there. */
function sentenceOf({ id, operation, requestBytes }: FinishedExchange): string {
  return `${id} (${operation}, ${requestBytes} bytes)`;
}
