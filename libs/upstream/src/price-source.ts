import { SetMetadata } from '@nestjs/common';

export const IS_PRICE_SOURCE = 'claude-proxy:price-source';

/** What an answer is billed by. */
export interface BilledAnswer {
  readonly user: string;
  /** The name of the upstream that answered. */
  readonly upstream: string;
  /** The row of the price list: `billedAs` of the answer, or else the name of the upstream. */
  readonly billedAs: string;
  /** The model that answered. */
  readonly model: string;
  /** The `usage` of the answer, in Anthropic's form. */
  readonly usage: Readonly<Record<string, unknown>>;
}

/**
 * Prices of your own, such as those of a contract. `@Prices()` registers the class. It is asked before the price list, for
 * every answer with a usage.
 */
export interface PriceSource {
  /**
   * The cost of the whole answer in nano-dollars, a whole number from 0 upwards. Null if the price is not known, undefined to leave the answer
   * to the next source and then to the price list. Fast and without I/O. An exception, or another number, is logged once and counts as undefined.
   */
  costOf(answer: BilledAnswer): number | null | undefined;
}

/**
 * Marks an injectable class as a source of prices. The class implements `PriceSource`.
 *
 * @example
 * ```ts
 * @Prices()
 * @Injectable()
 * export class ContractPrices implements PriceSource { ... }
 * ```
 */
export function Prices(): ClassDecorator {
  return SetMetadata(IS_PRICE_SOURCE, true);
}
