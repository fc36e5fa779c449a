import { countOf } from '@claude-proxy/messages-api';
import type { Failure } from '@claude-proxy/upstream';
import type { FinishedExchange } from '../exchange/exchange.js';

/** Exchanges whose metrics have the same labels. */
export interface ExchangeGroup {
  readonly operation: FinishedExchange['operation'];
  readonly upstream: string;
  readonly outcome: FinishedExchange['outcome'];
  readonly status: string;
  readonly model: string;
  count: number;
  /** Messages that have usage, by its kind. */
  readonly tokens: { input: number; output: number; cache_write: number; cache_read: number };
  costNanoUsd: number;
  unpriced: number;
  readonly firstByteMs: number[];
  readonly durationMs: number[];
}

export interface AttemptGroup {
  readonly upstream: string;
  readonly failure: Failure | 'none';
  count: number;
}

/**
 * What a number of exchanges adds to the metrics. Their labels are looked up once for all of them, and no exchange is
 * kept meanwhile: what lives until the next collection of garbage is what the collection costs.
 */
export class ExchangeSums {
  count = 0;
  private readonly groups = new Map<string, ExchangeGroup>();
  private readonly attempts = new Map<string, AttemptGroup>();

  /** @param model the label of its model */
  add(exchange: FinishedExchange, model: string): void {
    const { operation, usage, costNanoUsd, firstByteMs } = exchange;
    this.count += 1;
    for (const { upstream, failure } of exchange.attempts) this.attemptsOf(upstream, failure ?? 'none').count += 1;
    const group = this.groupOf(exchange, model);
    group.count += 1;
    if (operation !== 'messages') return;
    group.durationMs.push(exchange.durationMs);
    if (firstByteMs !== undefined) group.firstByteMs.push(firstByteMs);
    if (!usage) return;
    const { tokens } = group;
    tokens.input += countOf(usage.input_tokens);
    tokens.output += countOf(usage.output_tokens);
    tokens.cache_write += countOf(usage.cache_creation_input_tokens);
    tokens.cache_read += countOf(usage.cache_read_input_tokens);
    if (costNanoUsd === null) group.unpriced += 1;
    else group.costNanoUsd += costNanoUsd ?? 0;
  }

  ofExchanges(): Iterable<ExchangeGroup> {
    return this.groups.values();
  }

  ofAttempts(): Iterable<AttemptGroup> {
    return this.attempts.values();
  }

  private groupOf({ operation, upstream = 'none', outcome, status }: FinishedExchange, model: string): ExchangeGroup {
    const key = `${operation} ${upstream} ${outcome} ${status} ${model}`;
    let group = this.groups.get(key);
    if (!group) {
      group = {
        ...{ operation, upstream, outcome, status: String(status), model, count: 0, costNanoUsd: 0, unpriced: 0 },
        tokens: { input: 0, output: 0, cache_write: 0, cache_read: 0 },
        firstByteMs: [],
        durationMs: [],
      };
      this.groups.set(key, group);
    }
    return group;
  }

  private attemptsOf(upstream: string, failure: Failure | 'none'): AttemptGroup {
    const key = `${upstream} ${failure}`;
    let group = this.attempts.get(key);
    if (!group) {
      group = { upstream, failure, count: 0 };
      this.attempts.set(key, group);
    }
    return group;
  }
}
