import { Module } from '@nestjs/common';
import { CostService } from './cost.service.js';
import { UsageController } from './usage.controller.js';
import { UsageQuery } from './usage.query.js';
import { UsageWriter } from './usage.writer.js';

/**
 * Tokens and money per user and day.
 *
 * Promises: every answer is counted once, by what it said itself; counting never slows or breaks an answer; a price
 * that is not known is null, never 0. May enter: reading counts, prices, adding up. Must not: the text of prompts and
 * answers.
 */
@Module({ controllers: [UsageController], providers: [CostService, UsageWriter, UsageQuery], exports: [CostService] })
export class UsageModule {}
