import { ClaudeModels } from '@claude-proxy/claude-models';
import { countOf, type Usage } from '@claude-proxy/messages-api';
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

type PricedAnswer = Pick<FinishedExchange, 'usage' | 'upstream' | 'billedAs' | 'answeredModel' | 'model' | 'user'>;

/** In nano-dollars. */
export interface Bill {
  /** Null without a known price; undefined without usage. */
  readonly cost: number | null | undefined;
  /** Negative if the answer has written to the cache and read nothing from it. */
  readonly cacheSaving: number;
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
  costOf({ usage, upstream, billedAs, answeredModel, model, user }: PricedAnswer): number | null | undefined {
    if (!usage || !upstream) return undefined;
    const answer = { user, upstream, billedAs: billedAs ?? upstream, model: answeredModel ?? model ?? '', usage };
    const own = this.sources.costOf(answer);
    const cost = own === undefined ? costOf(this.list, answer.billedAs, answer.model, usage) : own;
    // Beyond this limit the amount is not exact, and neither would be a sum with it.
    return Number.isSafeInteger(cost) ? cost : null;
  }

  /** The cost of an answer, and what it would have cost more if its prompt had not been cached. */
  billOf(exchange: FinishedExchange): Bill {
    const cost = this.costOf(exchange);
    const plain = typeof cost === 'number' && exchange.usage ? withoutCache(exchange.usage) : undefined;
    if (!plain) return { cost, cacheSaving: 0 };
    const { user, upstream, billedAs, answeredModel, model } = exchange;
    const uncached = this.costOf({ user, upstream, billedAs, answeredModel, model, usage: plain });
    return { cost, cacheSaving: typeof uncached === 'number' ? uncached - cost! : 0 };
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

/** The same tokens, all of them as plain input; undefined if none were cached. */
function withoutCache(usage: Usage): Usage | undefined {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, cache_creation, ...rest } = usage;
  const byLifetime =
    countOf(cache_creation?.ephemeral_5m_input_tokens) + countOf(cache_creation?.ephemeral_1h_input_tokens);
  const cached = (countOf(cache_creation_input_tokens) || byLifetime) + countOf(cache_read_input_tokens);
  return cached === 0 ? undefined : { ...rest, input_tokens: countOf(input_tokens) + cached };
}
