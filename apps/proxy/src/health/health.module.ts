import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { FallbackModule } from '../fallback/fallback.module.js';
import { StateModule } from '../state/state.module.js';
import { DebugEnvController } from './debug-env.controller.js';
import { HealthController } from './health.controller.js';
import { Lifecycle } from './lifecycle.js';

/**
 * How the gateway is.
 *
 * Promises: `/health` depends on nothing; `/health/ready` tells the truth about store and upstreams.
 * May enter: looks at others. Must not: repairs.
 */
@Module({
  imports: [FallbackModule, StateModule, AuthModule],
  controllers: [HealthController, DebugEnvController],
  providers: [Lifecycle],
  exports: [Lifecycle],
})
export class HealthModule {}
