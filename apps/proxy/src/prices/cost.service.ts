import { ClaudeModels } from '@claude-proxy/claude-models';
import type { Usage } from '@claude-proxy/messages-api';
import { Inject, Injectable } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { dearestOfFamily } from './dearest-of-family.js';
import { costOf, type PriceList, priceListWith } from './price-list.js';
import { PriceSources } from './price-sources.js';
import { type PricesConfig, pricesSection } from './prices.config.js';
import { publishedPrices } from './published-prices.js';

/** An unknown price is replaced with the highest of the family of the model. */
export interface AssumedCost {
  readonly nanoUsd: number;
  readonly isAssumed: boolean;
}

/** The cost of an answer, by the model that gave it. */
@Injectable()
export class CostService {
  /** The prices in force. */
  readonly list: PriceList;

  constructor(
    @Inject(pricesSection.token) config: PricesConfig,
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

  /** For a model without a known price: the highest price of its family, never 0. At Anthropic. */
  assumedCost(model: string, usage: Usage): AssumedCost {
    const cost = costOf(this.list, 'anthropic', model, usage);
    if (Number.isSafeInteger(cost)) return { nanoUsd: cost!, isAssumed: false };
    const plain: Usage = { ...usage };
    delete plain.speed;
    const assumed = costOf(this.list, 'anthropic', dearestOfFamily(this.list, model), plain);
    return { nanoUsd: Math.min(assumed ?? 0, Number.MAX_SAFE_INTEGER), isAssumed: true };
  }
}
