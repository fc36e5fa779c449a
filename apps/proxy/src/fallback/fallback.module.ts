import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { StateModule } from '../state/state.module.js';
import { DrillRegister } from './drills/drill.register.js';
import { DrilledChain } from './drills/drilled-chain.js';
import { DrillsController } from './drills/drills.controller.js';
import { fallbackSection } from './fallback.config.js';
import { FallbackController } from './fallback.controller.js';
import { FallbackRouter } from './fallback.router.js';
import { FallbackSwitch } from './fallback.switch.js';
import { KnownCallerStore } from './known-caller.store.js';
import { KnownCallers } from './known-callers.service.js';
import { LimitStore } from './limit.store.js';
import { limitRoomTable } from './limit.table.js';
import { LimitsController } from './limits.controller.js';
import { OperatorAccounts } from './operator-accounts.js';
import { SharedItems } from './shared-items.js';
import { UpstreamLoad } from './upstream.load.js';
import { UpstreamRegistry } from './upstream.registry.js';
import { UpstreamMemory } from './upstream-memory.js';

/**
 * Which upstream answers.
 *
 * Promises: upstreams are found by injection and asked in the order of `FALLBACK_CHAIN`; what to do after a failure is
 * one pure table, `next-step.ts`; a limit is remembered for the credential and models it closes, and for no other.
 * May enter: the order of upstreams, windows, attempts. Must not: the name or dialect of any upstream.
 */
@Module({
  imports: [
    ConfigModule.forFeature(fallbackSection),
    StateModule.forFeature(limitRoomTable),
    AuthModule,
    DiscoveryModule,
  ],
  controllers: [LimitsController, DrillsController, FallbackController],
  providers: [
    DrilledChain,
    DrillRegister,
    FallbackRouter,
    FallbackSwitch,
    KnownCallers,
    KnownCallerStore,
    LimitStore,
    OperatorAccounts,
    SharedItems,
    UpstreamLoad,
    UpstreamMemory,
    UpstreamRegistry,
  ],
  exports: [DrillRegister, FallbackRouter, FallbackSwitch, LimitStore, UpstreamLoad, UpstreamRegistry],
})
export class FallbackModule {}
