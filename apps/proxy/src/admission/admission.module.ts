import { type ExecutionContext, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import {
  getStorageToken,
  ThrottlerModule,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyInstance } from 'fastify';
import { ConfigModule } from '../config/config.module.js';
import { type RedisConfig, redisSection } from '../state/redis.config.js';
import { type AdmissionConfig, admissionSection } from './admission.config.js';
import { BudgetsModule } from './budgets/budgets.module.js';
import { allowOrigin } from './cross-origin.js';
import { ForeignPageGuard } from './foreign-page.guard.js';
import { KeyLimitStep } from './key-limits/key-limit.step.js';
import { LocalStorage } from './local.storage.js';
import { SharedStorage } from './shared.storage.js';
import { type Counted, type LimitName, limitNameOf, ThrottleGuard, throttlerNameOf } from './throttle.guard.js';

const throttlerModule = ThrottlerModule.forRootAsync({
  inject: [admissionSection.token, redisSection.token, Reflector],
  useFactory: (config: AdmissionConfig, redis: RedisConfig, reflector: Reflector): ThrottlerModuleOptions => ({
    setHeaders: false,
    storage: storageOf(redis),
    throttlers: [
      throttlerOf('models', 'user', config.throttleLimit, config, reflector),
      throttlerOf('models', 'address', config.addressLimit ?? config.throttleLimit, config, reflector),
      throttlerOf('count_tokens', 'user', config.countTokensLimit, config, reflector),
      throttlerOf('count_tokens', 'address', config.countTokensLimit, config, reflector),
    ],
  }),
});

/**
 * May this caller be served now: how often a user asks, what it may spend, and which web pages may.
 *
 * Promises: a refusal here reaches no upstream and marks nothing; what it needs to decide is at hand within 100 ms, or
 * the request passes. May enter: limits and budgets. Must not: what is asked, who answers.
 */
@Module({
  imports: [ConfigModule.forFeature(admissionSection), BudgetsModule, throttlerModule],
  providers: [ForeignPageGuard, KeyLimitStep, ThrottleGuard],
  exports: [BudgetsModule, ForeignPageGuard, ThrottleGuard],
})
export class AdmissionModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly adapter: HttpAdapterHost,
    @Inject(getStorageToken()) private readonly storage: ThrottlerStorage,
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
    if (this.storage instanceof SharedStorage) this.storage.close();
  }
}

function storageOf({ url }: RedisConfig): ThrottlerStorage {
  return url ? new SharedStorage(url.reveal()) : new LocalStorage();
}

function throttlerOf(
  name: LimitName,
  counted: Counted,
  limit: number,
  { windowSeconds }: AdmissionConfig,
  reflector: Reflector,
) {
  const isOff = limit === 0 || windowSeconds === 0;
  return {
    name: throttlerNameOf(name, counted),
    limit,
    ttl: windowSeconds * 1_000,
    skipIf: (context: ExecutionContext) => isOff || limitNameOf(context, reflector) !== name,
  };
}
