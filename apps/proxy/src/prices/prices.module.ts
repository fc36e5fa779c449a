import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConfigModule } from '../config/config.module.js';
import { CostService } from './cost.service.js';
import { PriceSources } from './price-sources.js';
import { pricesSection } from './prices.config.js';

/**
 * What an answer costs, and what a request is expected to cost.
 *
 * Promises: a price is exact or null, never 0 for an unknown one; an assumed price is marked as such. May enter: prices
 * and their file. Must not: counting, limits.
 */
@Module({
  imports: [DiscoveryModule, ConfigModule.forFeature(pricesSection)],
  providers: [CostService, PriceSources],
  exports: [CostService],
})
export class PricesModule {}
