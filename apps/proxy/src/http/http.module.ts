import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { AnthropicErrorFilter } from './anthropic-error.filter.js';
import { BodyBudget } from './body-budget.js';
import { httpSection } from './http.config.js';

/**
 * What every dialect needs of HTTP.
 *
 * Promises: framing, paths and bodies are checked before a room sees them; bodies in memory stay within their budget; every
 * error that nothing else renders has Anthropic's form. May enter: bytes, headers, connections. Must not: callers,
 * upstreams, models.
 */
@Module({
  imports: [ConfigModule.forFeature(httpSection)],
  providers: [BodyBudget, AllowedMethods, { provide: APP_FILTER, useClass: AnthropicErrorFilter }],
  exports: [BodyBudget, AllowedMethods],
})
export class HttpModule {}
