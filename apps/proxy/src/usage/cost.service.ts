import { ClaudeModels } from '@claude-proxy/claude-models';
import { Inject, Injectable } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { costOf, type PriceList, priceListWith } from './price-list.js';
import { publishedPrices } from './published-prices.js';
import { type UsageConfig, usageSection } from './usage.config.js';

/** The cost of an answer, by the model that gave it. */
@Injectable()
export class CostService {
  private readonly list: PriceList;

  constructor(@Inject(usageSection.token) config: UsageConfig, models: ClaudeModels) {
    this.list = priceListWith(publishedPrices(models), config.priceListFile);
  }

  /** Nano-dollars; null without a known price; undefined without usage. */
  costOf({ usage, upstream, billedAs, answeredModel, model }: FinishedExchange): number | null | undefined {
    if (!usage || !upstream) return undefined;
    const cost = costOf(this.list, billedAs ?? upstream, answeredModel ?? model ?? '', usage);
    // Beyond this limit the amount is not exact, and neither would be a sum with it.
    return Number.isSafeInteger(cost) ? cost : null;
  }
}
