import type { Failure } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { Breaker } from './breaker.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';

/** Model names come from clients; beyond so many the longest unused is forgotten. */
const MAX_BREAKERS = 1_000;

/** How much each upstream bears: a breaker for each of its models, and how many requests a fallback upstream has in flight. */
@Injectable()
export class UpstreamLoad {
  private readonly breakers = new Map<string, Breaker>();
  private readonly inHand = new Map<string, Set<FinishedExchange>>();

  constructor(
    feed: ExchangeFeed,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {
    feed.onFinished((exchange) => this.release(exchange));
  }

  /** True if no upstream has failed since it answered last. */
  get isUntroubled(): boolean {
    return this.breakers.size === 0;
  }

  /** Models of an upstream whose breaker is open. */
  openBreakersOf(upstream: string): number {
    let count = 0;
    for (const [key, breaker] of this.breakers) if (breaker.isOpen && key.startsWith(`${upstream}/`)) count += 1;
    return count;
  }

  /** False while an upstream is taken for down, but for the one request that tries. */
  isPromising(upstream: string, model: string): boolean {
    return this.breakers.get(keyOf(upstream, model))?.admits(performance.now()) ?? true;
  }

  asked(upstream: string, model: string): void {
    this.breakers.get(keyOf(upstream, model))?.asked(performance.now());
  }

  answered(upstream: string, model: string): void {
    this.breakers.delete(keyOf(upstream, model));
  }

  failed(upstream: string, model: string, failure: Failure): void {
    const key = keyOf(upstream, model);
    const breaker = this.breakers.get(key) ?? new Breaker();
    breaker.failed(failure, performance.now());
    this.breakers.delete(key);
    this.breakers.set(key, breaker);
    if (this.breakers.size > MAX_BREAKERS) this.breakers.delete(this.breakers.keys().next().value!);
  }

  /** Takes one of the places of a fallback upstream until the request has ended; false if all are taken. */
  takes(upstream: string, exchange: FinishedExchange): boolean {
    const exchanges = this.inHand.get(upstream) ?? new Set();
    this.inHand.set(upstream, exchanges);
    if (exchanges.size >= this.config.maxFallbackConcurrency && !exchanges.has(exchange)) return false;
    exchanges.add(exchange);
    return true;
  }

  private release(exchange: FinishedExchange): void {
    for (const exchanges of this.inHand.values()) exchanges.delete(exchange);
  }
}

function keyOf(upstream: string, model: string): string {
  return `${upstream}/${model}`;
}
