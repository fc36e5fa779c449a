import type { Figures } from '@claude-proxy/admin-api';
import { countOf } from '@claude-proxy/messages-api';
import type { Item } from '@claude-proxy/storage';
import type { Exchange } from '../exchange/exchange.js';
import { Histogram, stepOf } from './histogram.js';

const COUNTERS = [
  'requests',
  'errors',
  'fallbacks',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_nano_usd',
  'unpriced_requests',
  'answered',
  'duration_ms',
  'generating_ms',
  'generated_tokens',
] as const;
type Counter = (typeof COUNTERS)[number];

const FIRST_BYTE = 'first_byte#';
const DURATION = 'duration#';

/** What one exchange adds to the figures of its time. Durations are counted in steps of a histogram. */
export function figuresOfExchange(exchange: Exchange, hasHistograms: boolean): Record<string, number> {
  const { usage, outcome, firstByteMs, durationMs, costNanoUsd } = exchange;
  const isError = outcome === 'refused' || outcome === 'broken';
  const isAnswered = outcome === 'completed' && firstByteMs !== undefined;
  const output = countOf(usage?.output_tokens);
  const counts: Record<Counter, number> = {
    requests: 1,
    errors: isError ? 1 : 0,
    fallbacks: exchange.isFallback ? 1 : 0,
    input_tokens: countOf(usage?.input_tokens),
    output_tokens: output,
    cache_creation_input_tokens: countOf(usage?.cache_creation_input_tokens),
    cache_read_input_tokens: countOf(usage?.cache_read_input_tokens),
    cost_nano_usd: costNanoUsd ?? 0,
    unpriced_requests: costNanoUsd === null ? 1 : 0,
    answered: isAnswered ? 1 : 0,
    duration_ms: isAnswered ? Math.round(durationMs) : 0,
    generating_ms: isAnswered && output > 0 ? Math.max(1, Math.round(durationMs)) : 0,
    generated_tokens: isAnswered ? output : 0,
  };
  const figures = withoutZeros(counts);
  if (!isAnswered || !hasHistograms) return figures;
  figures[`${FIRST_BYTE}${stepOf(firstByteMs)}`] = 1;
  figures[`${DURATION}${stepOf(durationMs)}`] = 1;
  return figures;
}

/** What is not there counts as zero, and every member of an item is checked, summed and written anew. */
function withoutZeros(counts: Record<Counter, number>): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const name of COUNTERS) if (counts[name] !== 0) figures[name] = counts[name];
  return figures;
}

/** A sum of figures. */
export class FigureSum {
  private readonly counts = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
  private readonly firstByte = new Histogram();
  private readonly duration = new Histogram();

  add(item: Item): void {
    for (const name of COUNTERS) this.counts[name] += countOf(item[name]);
    for (const [attribute, value] of Object.entries(item)) {
      if (attribute.startsWith(FIRST_BYTE))
        this.firstByte.add(Number(attribute.slice(FIRST_BYTE.length)), countOf(value));
      else if (attribute.startsWith(DURATION))
        this.duration.add(Number(attribute.slice(DURATION.length)), countOf(value));
    }
  }

  get averageDurationMs(): number {
    return this.counts.answered === 0 ? 0 : Math.round(this.counts.duration_ms / this.counts.answered);
  }

  figures(): Figures {
    const { counts } = this;
    const input = counts.input_tokens + counts.cache_creation_input_tokens + counts.cache_read_input_tokens;
    return {
      requests: counts.requests,
      errors: counts.errors,
      fallbacks: counts.fallbacks,
      input_tokens: counts.input_tokens,
      output_tokens: counts.output_tokens,
      cache_creation_input_tokens: counts.cache_creation_input_tokens,
      cache_read_input_tokens: counts.cache_read_input_tokens,
      cost_usd: counts.cost_nano_usd / 1e9,
      unpriced_requests: counts.unpriced_requests,
      first_byte_ms: this.firstByte.percentiles(),
      duration_ms: this.duration.percentiles(),
      output_tokens_per_second:
        counts.generating_ms === 0 ? null : (counts.generated_tokens * 1_000) / counts.generating_ms,
      cache_hit_share: input === 0 ? null : counts.cache_read_input_tokens / input,
    };
  }
}

/** Sums by name: an upstream, a model, a user. */
export class FigureTally {
  private readonly byName = new Map<string, FigureSum>();

  add(name: string, item: Item): void {
    let sum = this.byName.get(name);
    if (!sum) {
      sum = new FigureSum();
      this.byName.set(name, sum);
    }
    sum.add(item);
  }

  /** The busiest first. */
  toRecord(): Record<string, Figures> {
    const entries = [...this.byName].map(([name, sum]) => [name, sum.figures()] as const);
    return Object.fromEntries(entries.sort(([, a], [, b]) => b.requests - a.requests));
  }
}
