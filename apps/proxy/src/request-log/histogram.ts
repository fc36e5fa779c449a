import type { Percentiles } from '@claude-proxy/admin-api';

/** Steps per doubling: a step is at most an eighth as wide as its lower bound. */
const STEPS_PER_OCTAVE = 8;
const OCTAVE_BITS = Math.log2(STEPS_PER_OCTAVE);
/** Longer durations count as this long (2.3 hours). It bounds a histogram to 168 steps. */
const MAX_MS = 2 ** 23 - 1;
/** The steps of earlier versions were a quarter wider than the one before. */
const OLD_RATIO = 1.25;

/** The step of the histogram for a duration: one millisecond wide at first, then eight equal ones per doubling. */
export function stepOf(milliseconds: number): number {
  const value = Math.min(Math.max(0, Math.round(milliseconds) || 0), MAX_MS);
  if (value < STEPS_PER_OCTAVE) return value;
  const octave = 31 - Math.clz32(value) - OCTAVE_BITS;
  return octave * STEPS_PER_OCTAVE + (value >> octave);
}

/** The shortest duration of a step. */
function startOf(step: number): number {
  if (step < STEPS_PER_OCTAVE) return step;
  const octave = Math.floor(step / STEPS_PER_OCTAVE) - 1;
  return (STEPS_PER_OCTAVE + (step % STEPS_PER_OCTAVE)) * 2 ** octave;
}

/** Durations counted by step, sparse as in an item. */
export class Histogram {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(step: number, count: number): void {
    this.counts.set(step, (this.counts.get(step) ?? 0) + count);
    this.total += count;
  }

  /** Spreads the count of an older, wider step over the steps that it covers. */
  addOld(oldStep: number, count: number): void {
    const end = OLD_RATIO ** oldStep;
    const start = oldStep === 0 ? 0 : end / OLD_RATIO;
    const last = stepOf(end);
    for (let step = stepOf(start); step <= last; step += 1) {
      const covered = Math.min(end, startOf(step + 1)) - Math.max(start, startOf(step));
      if (covered > 0) this.add(step, (count * covered) / (end - start));
    }
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

  /** The durations of a step are taken as evenly spread over it. */
  private quantile(steps: readonly (readonly [number, number])[], share: number): number {
    const rank = share * Math.max(0, this.total - 1) + Math.min(0.5, this.total / 2);
    let seen = 0;
    for (const [step, count] of steps) {
      if (seen + count >= rank) return betweenOf(step, (rank - seen) / count);
      seen += count;
    }
    return startOf(steps.at(-1)![0] + 1);
  }
}

function betweenOf(step: number, share: number): number {
  const start = startOf(step);
  return Math.round(start + share * (startOf(step + 1) - start));
}
