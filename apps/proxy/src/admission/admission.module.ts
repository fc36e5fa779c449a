import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { getStorageToken, ThrottlerModule, type ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyInstance } from 'fastify';
import { ConfigModule } from '../config/config.module.js';
import { type RedisConfig, redisSection } from '../state/redis.config.js';
import { type AdmissionConfig, admissionSection } from './admission.config.js';
import { BudgetsModule } from './budgets/budgets.module.js';
import { allowOrigin } from './cross-origin.js';
import { ForeignPageGuard } from './foreign-page.guard.js';
import { LimitCounters, LocalLimitCounters } from './key-limits/key-limit.counters.js';
import { KeyLimitStep } from './key-limits/key-limit.step.js';
import { LocalStorage } from './local.storage.js';
import { LoopStep } from './loops/loop.step.js';
import { loopsSection } from './loops/loops.config.js';
import type { SharedStorage } from './shared.storage.js';
import { ThrottleGuard, throttlesOf } from './throttle.guard.js';

const throttlerModule = ThrottlerModule.forRootAsync({
  inject: [admissionSection.token, redisSection.token],
  useFactory: async (config: AdmissionConfig, redis: RedisConfig) => ({
    storage: await storageOf(redis),
    throttlers: throttlesOf(config),
  }),
});

/**
 * May this caller be served now: how often a user asks, what it may spend, and which web pages may.
 *
 * Promises: a refusal here reaches no upstream and marks nothing; what it needs to decide is at hand within 100 ms, or
 * the request passes. May enter: limits and budgets. Must not: what is asked, who answers.
 */
@Module({
  imports: [
    ConfigModule.forFeature(admissionSection),
    ConfigModule.forFeature(loopsSection),
    BudgetsModule,
    throttlerModule,
  ],
  providers: [
    ForeignPageGuard,
    KeyLimitStep,
    LoopStep,
    ThrottleGuard,
    { provide: LimitCounters, inject: [redisSection.token], useFactory: countersOf },
  ],
  exports: [BudgetsModule, ForeignPageGuard, ThrottleGuard],
})
export class AdmissionModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly adapter: HttpAdapterHost,
    @Inject(getStorageToken()) private readonly storage: ThrottlerStorage & Partial<Pick<SharedStorage, 'close'>>,
    @Inject(admissionSection.token) private readonly config: AdmissionConfig,
  ) {}

  onModuleInit(): void {
    const { corsOrigins } = this.config;
    if (corsOrigins.length === 0) return;
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onRequest', (request, reply, done) => {
      if (allowOrigin(request.raw, reply.raw, corsOrigins)) reply.hijack();
      else done();
    });
  }

  onApplicationShutdown(): void {
    this.storage.close?.();
  }
}

/** The client of Redis is loaded only where it is used: it has 60 modules. */
async function storageOf({ url }: RedisConfig): Promise<ThrottlerStorage> {
  if (!url) return new LocalStorage();
  const { SharedStorage } = await import('./shared.storage.js');
  return new SharedStorage(url.reveal());
}

async function countersOf({ url }: RedisConfig): Promise<LimitCounters> {
  if (!url) return new LocalLimitCounters();
  const { RedisLimitCounters } = await import('./key-limits/redis-limit.counters.js');
  return new RedisLimitCounters(url.reveal());
}
