import type { Percentiles } from '@claude-proxy/admin-api';

/** Each step is a quarter wider than the one before, so a percentile is off by at most an eighth. */
const STEP = 1.25;

/** The step of the histogram for a duration. */
export function stepOf(milliseconds: number): number {
  return Math.max(0, Math.ceil(Math.log(Math.max(1, milliseconds)) / Math.log(STEP)));
}

/** Durations counted by step, sparse as in an item. */
export class Histogram {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(step: number, count: number): void {
    this.counts.set(step, (this.counts.get(step) ?? 0) + count);
    this.total += count;
  }

  /** Steps and their counts. */
  [Symbol.iterator](): IterableIterator<[number, number]> {
    return this.counts[Symbol.iterator]();
  }

  /** Null without a duration. */
  percentiles(): Percentiles | null {
    if (this.total === 0) return null;
    const steps = [...this.counts].sort(([a], [b]) => a - b);
    return { p50: this.quantile(steps, 0.5), p95: this.quantile(steps, 0.95), p99: this.quantile(steps, 0.99) };
  }

  private quantile(steps: readonly (readonly [number, number])[], share: number): number {
    let seen = 0;
    for (const [step, count] of steps) {
      seen += count;
      if (seen >= share * this.total) return middleOf(step);
    }
    return 0;
  }
}

/** The geometric middle of a step. */
function middleOf(step: number): number {
  return step === 0 ? 1 : Math.round(STEP ** (step - 0.5));
}
