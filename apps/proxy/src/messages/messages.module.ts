import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FallbackModule } from '../fallback/fallback.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AllowedMethods } from './allowed-methods.js';
import { AnthropicApiController } from './anthropic-api.controller.js';
import { AnthropicErrorFilter } from './anthropic-error.filter.js';
import { BodyBudget } from './body-budget.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { ObjectMakers } from './object-makers.js';
import { OperatorObjects } from './operator-objects.js';

/**
 * The HTTP edge of the Anthropic dialect.
 *
 * Promises: bytes in are bytes out; a stream ends by itself, by an `error` event or by a broken connection, never
 * silently; every refusal has Anthropic's form. May enter: HTTP, headers, paths. Must not: which upstream answers.
 */
@Module({
  imports: [FallbackModule, UsageModule],
  controllers: [MessagesController, AnthropicApiController],
  providers: [
    MessagesService,
    ObjectMakers,
    OperatorObjects,
    BodyBudget,
    AllowedMethods,
    { provide: APP_FILTER, useClass: AnthropicErrorFilter },
  ],
  exports: [MessagesService, BodyBudget, AllowedMethods],
})
export class MessagesModule {}
