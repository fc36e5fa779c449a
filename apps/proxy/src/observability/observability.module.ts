import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { ExchangeLog } from './exchange.log.js';
import { LOGGER } from './logger.token.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { ModelWarnings } from './model-warnings.js';
import { Pulse } from './pulse.js';

/**
 * Listens and writes down; is called by nobody.
 *
 * Promises: one line per exchange, figures for Prometheus; no credential, prompt or answer in any line.
 * May enter: formats and destinations. Must not: anything a request waits for.
 */
@Module({})
export class ObservabilityModule {
  static with(logger: Logger): DynamicModule {
    return {
      module: ObservabilityModule,
      controllers: [MetricsController],
      providers: [ExchangeLog, Metrics, ModelWarnings, Pulse, { provide: LOGGER, useValue: logger }],
    };
  }
}
