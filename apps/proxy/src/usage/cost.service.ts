import { ClaudeModels } from '@claude-proxy/claude-models';
import { Inject, Injectable } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { costOf, type PriceList, priceListWith } from './price-list.js';
import { publishedPrices } from './published-prices.js';
import { type UsageConfig, usageSection } from './usage.config.js';

/** What an answer costs, by the model that really gave it. */
@Injectable()
export class CostService {
  private readonly list: PriceList;

  constructor(@Inject(usageSection.token) config: UsageConfig, models: ClaudeModels) {
    this.list = priceListWith(publishedPrices(models), config.priceListFile);
  }

  /** Nano-dollars; null where the price is not known; undefined where nothing was used. */
  costOf({ usage, upstream, billedAs, answeredModel, model }: FinishedExchange): number | null | undefined {
    if (!usage || !upstream) return undefined;
    const cost = costOf(this.list, billedAs ?? upstream, answeredModel ?? model ?? '', usage);
    // A sum of amounts that are not exact would not be exact either.
    return Number.isSafeInteger(cost) ? cost : null;
  }
}
