import { type BilledAnswer, IS_PRICE_SOURCE, type PriceSource } from '@claude-proxy/upstream';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';

/** Finds every class marked `@Prices()`, wherever it is provided, and asks them in turn. */
@Injectable()
export class PriceSources implements OnModuleInit {
  private readonly logger = new Logger(PriceSources.name);
  private sources: readonly PriceSource[] = [];
  /** A source that fails fails for every answer; one line is enough. */
  private readonly failed = new Set<PriceSource>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const isSource = (metatype: unknown) =>
      typeof metatype === 'function' && this.reflector.get<boolean>(IS_PRICE_SOURCE, metatype);
    const found = this.discovery.getProviders().filter(({ metatype, instance }) => instance && isSource(metatype));
    this.sources = [...new Set(found.map(({ instance }) => instance as PriceSource))];
  }

  /** Nano-dollars; null if a source says that the price is not known; undefined if no source knows the answer. */
  costOf(answer: BilledAnswer): number | null | undefined {
    for (const source of this.sources) {
      const cost = this.askedOf(source, answer);
      if (cost !== undefined) return cost;
    }
    return undefined;
  }

  private askedOf(source: PriceSource, answer: BilledAnswer): number | null | undefined {
    try {
      return checkedCost(source.costOf(answer));
    } catch (error) {
      if (!this.failed.has(source))
        this.logger.error(`❌ ${source.constructor.name} fails: ${(error as Error).message}`);
      this.failed.add(source);
      return undefined;
    }
  }
}

/** @throws RangeError for what no sum of money can hold */
function checkedCost(cost: number | null | undefined): number | null | undefined {
  if (typeof cost !== 'number' || (Number.isSafeInteger(cost) && cost >= 0)) return cost;
  throw new RangeError(`its cost ${cost} is not a whole number of nano-dollars from 0 upwards`);
}
