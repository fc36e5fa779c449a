import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FallbackModule } from '../fallback/fallback.module.js';
import { HttpModule } from '../http/http.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { StateModule } from '../state/state.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { ObjectAccounts } from './object-accounts.js';
import { ObjectMakers } from './object-makers.js';
import { OperatorObjects } from './operator-objects.js';
import { PassthroughController } from './passthrough.controller.js';
import { StepRegistry } from './steps/step.registry.js';

/**
 * The HTTP edge of the Anthropic dialect.
 *
 * Promises: bytes in are bytes out; a stream ends by itself, by an `error` event or by a broken connection, never
 * silently; every refusal has Anthropic's form. May enter: HTTP, headers, paths. Must not: which upstream answers.
 */
@Module({
  imports: [DiscoveryModule, FallbackModule, HttpModule, PricesModule, StateModule, UsageModule],
  controllers: [MessagesController, PassthroughController],
  providers: [MessagesService, ObjectAccounts, ObjectMakers, OperatorObjects, StepRegistry],
  exports: [MessagesService],
})
export class MessagesModule {}
