import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccountsModule } from '../accounts/accounts.module.js';
import { BudgetsModule } from '../admission/budgets/budgets.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { FallbackModule } from '../fallback/fallback.module.js';
import { HttpModule } from '../http/http.module.js';
import { RecordingModule } from '../recording/recording.module.js';
import { StateModule } from '../state/state.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { ExchangeLog } from './exchange.log.js';
import { GatewayFacts } from './gateway-metrics.js';
import { LOGGER } from './logger.token.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { ModelWarnings } from './model-warnings.js';
import { observabilitySection } from './observability.config.js';
import { Pulse } from './pulse.js';
import { telemetrySection } from './telemetry/telemetry.config.js';
import { Telemetry } from './telemetry/telemetry.js';
import { TelemetryCounts } from './telemetry/telemetry-counts.js';
import { webhookSection } from './webhook/webhook.config.js';
import { Webhook } from './webhook/webhook.js';

/**
 * Logs, metrics and traces; no room calls it.
 *
 * Promises: one line per exchange, figures for Prometheus; no credential, prompt or answer in any line.
 * May enter: formats and destinations. Must not: work that a request waits for.
 */
@Module({
  imports: [
    ConfigModule.forFeature(observabilitySection),
    ConfigModule.forFeature(webhookSection),
    ConfigModule.forFeature(telemetrySection),
    StateModule,
    RecordingModule,
    HttpModule,
    AccountsModule,
    AuthModule,
    BudgetsModule,
    FallbackModule,
    UsageModule,
  ],
})
export class ObservabilityModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: ObservabilityModule,
      controllers: [MetricsController],
      providers: [
        ExchangeLog,
        GatewayFacts,
        Metrics,
        ModelWarnings,
        Pulse,
        Telemetry,
        TelemetryCounts,
        Webhook,
        { provide: LOGGER, useValue: logger },
      ],
    };
  }
}
