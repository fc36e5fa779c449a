import type { TokenCounts, UsageSummary } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import { allTokensOf, costOf } from '../recording/definitions.js';
import { sumOf } from '../recording/sums.js';
import { COUNTERS, type Counts, emptyCounts, parseModelCounter } from './usage-counters.js';

/** Adds up counters by name: a day, a user, a model. */
export class Tally {
  private readonly byName = new Map<string, Counts>();

  add(name: string, counts: Readonly<Record<string, unknown>>): void {
    const sum = this.byName.get(name) ?? emptyCounts();
    for (const counter of COUNTERS) sum[counter] += sumOf(counts[counter]);
    this.byName.set(name, sum);
  }

  addAll(other: Tally): void {
    for (const [name, counts] of other.byName) this.add(name, counts);
  }

  /** The counters of the names that the test accepts. */
  filtered(isWanted: (name: string) => boolean): Tally {
    const found = new Tally();
    for (const [name, counts] of this.byName) if (isWanted(name)) found.add(name, counts);
    return found;
  }

  toJSON(): Record<string, TokenCounts> {
    const sorted = [...this.byName].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, counts]) => [name, tokenCountsOf(counts)]));
  }

  get size(): number {
    return this.byName.size;
  }

  summary(): UsageSummary {
    const all = emptyCounts();
    for (const counts of this.byName.values()) for (const counter of COUNTERS) all[counter] += counts[counter];
    return {
      total_input_tokens: all.input_tokens,
      total_output_tokens: all.output_tokens,
      total_tokens: all.total_tokens,
      total_requests: all.request_count,
      total_cache_creation_input_tokens: all.cache_creation_input_tokens,
      total_cache_read_input_tokens: all.cache_read_input_tokens,
      total_all_tokens: allTokensOf(all),
      total_cost_usd: costOf(all.cost_nano_usd, all.unpriced_count),
      total_unpriced_requests: all.unpriced_count,
    };
  }
}

/** Adds the counters of an item per model. */
export function addModels(tally: Tally, item: Item): void {
  const byModel = new Map<string, Record<string, unknown>>();
  for (const [attribute, value] of Object.entries(item)) {
    const parsed = parseModelCounter(attribute);
    if (!parsed) continue;
    const counts = byModel.get(parsed.model) ?? {};
    counts[parsed.counter] = value;
    byModel.set(parsed.model, counts);
  }
  // Items of the original project contain only the last model.
  if (byModel.size === 0) tally.add(String(item.model ?? 'unknown'), item);
  for (const [model, counts] of byModel) tally.add(model, counts);
}

function tokenCountsOf(counts: Counts): TokenCounts {
  return {
    input_tokens: counts.input_tokens,
    output_tokens: counts.output_tokens,
    total_tokens: counts.total_tokens,
    requests: counts.request_count,
    cache_creation_input_tokens: counts.cache_creation_input_tokens,
    cache_read_input_tokens: counts.cache_read_input_tokens,
    all_tokens: allTokensOf(counts),
    cost_usd: costOf(counts.cost_nano_usd, counts.unpriced_count),
    unpriced_requests: counts.unpriced_count,
  };
}
