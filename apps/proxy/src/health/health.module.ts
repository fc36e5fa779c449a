import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { FallbackModule } from '../fallback/fallback.module.js';
import { RequestLogModule } from '../request-log/request-log.module.js';
import { StateModule } from '../state/state.module.js';
import { DebugEnvController } from './debug-env.controller.js';
import { FallbackProbeController } from './fallback-probe.controller.js';
import { FallbackProbe } from './fallback-probe.js';
import { healthSection } from './health.config.js';
import { HealthController } from './health.controller.js';
import { Lifecycle } from './lifecycle.js';
import { ReadinessQuery } from './readiness.query.js';
import { SettingsController } from './settings.controller.js';
import { TasksController } from './tasks.controller.js';
import { VerdictController } from './verdict.controller.js';
import { VerdictQuery } from './verdict.query.js';

/**
 * The state of the gateway.
 *
 * Promises: `/health` depends on no other service; `/health/ready` reports the real state of store and upstreams;
 * `/api/verdict` is the one judgement that every client shows.
 * `FALLBACK_PROBE_MINUTES` proves fallback upstreams before they are needed.
 * May enter: checks of other rooms. Must not: repairs.
 */
@Module({
  imports: [
    ConfigModule.forFeature(healthSection),
    AccountsModule,
    FallbackModule,
    RequestLogModule,
    StateModule,
    AuthModule,
  ],
  controllers: [
    HealthController,
    DebugEnvController,
    FallbackProbeController,
    SettingsController,
    TasksController,
    VerdictController,
  ],
  providers: [FallbackProbe, Lifecycle, ReadinessQuery, VerdictQuery],
  exports: [Lifecycle],
})
export class HealthModule {}
