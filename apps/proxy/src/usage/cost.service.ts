import { ClaudeModels } from '@claude-proxy/claude-models';
import { Inject, Injectable } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { costOf, type PriceList, priceListWith } from './price-list.js';
import { PriceSources } from './price-sources.js';
import { publishedPrices } from './published-prices.js';
import { type UsageConfig, usageSection } from './usage.config.js';

/** The cost of an answer, by the model that gave it. */
@Injectable()
export class CostService {
  private readonly list: PriceList;

  constructor(
    @Inject(usageSection.token) config: UsageConfig,
    models: ClaudeModels,
    private readonly sources: PriceSources,
  ) {
    this.list = priceListWith(publishedPrices(models), config.priceListFile);
  }

  /** Nano-dollars; null without a known price; undefined without usage. */
  costOf({ usage, upstream, billedAs, answeredModel, model, user }: FinishedExchange): number | null | undefined {
    if (!usage || !upstream) return undefined;
    const answer = { user, upstream, billedAs: billedAs ?? upstream, model: answeredModel ?? model ?? '', usage };
    const own = this.sources.costOf(answer);
    const cost = own === undefined ? costOf(this.list, answer.billedAs, answer.model, usage) : own;
    // Beyond this limit the amount is not exact, and neither would be a sum with it.
    return Number.isSafeInteger(cost) ? cost : null;
  }
}
