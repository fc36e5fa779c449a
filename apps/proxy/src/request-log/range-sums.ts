import type { Bucket } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import { FigureSum, FigureTally } from './figures.js';

interface Sums {
  readonly total: FigureSum;
  readonly ofUpstreams: FigureTally;
  readonly ofModels: FigureTally;
}

/** Figures of a time range, in total and per bucket. */
export class RangeSums implements Sums {
  readonly total = new FigureSum();
  readonly ofUpstreams = new FigureTally();
  readonly ofModels = new FigureTally();
  private readonly byBucket = new Map<number, Sums>();

  /** @param starts of the buckets, in order */
  constructor(
    private readonly starts: readonly number[],
    /** Exclusive. */
    readonly untilMs: number,
  ) {
    for (const start of starts) this.byBucket.set(start, emptySums());
  }

  get sinceMs(): number {
    return this.starts[0] ?? this.untilMs;
  }

  /** @returns whether the item belongs to this range */
  add(timeMs: number, item: Item): boolean {
    if (!(timeMs >= this.sinceMs && timeMs < this.untilMs)) return false;
    addTo(this, item);
    const bucket = this.byBucket.get(this.starts.findLast((start) => start <= timeMs)!);
    if (bucket) addTo(bucket, item);
    return true;
  }

  /** All buckets in order, including empty ones. */
  buckets(): Bucket[] {
    return [...this.byBucket].map(([time, { total, ofUpstreams, ofModels }]) => ({
      time,
      ...total.figures(),
      by_upstream: ofUpstreams.toRecord(),
      by_model: ofModels.toRecord(),
    }));
  }
}

function emptySums(): Sums {
  return { total: new FigureSum(), ofUpstreams: new FigureTally(), ofModels: new FigureTally() };
}

function addTo({ total, ofUpstreams, ofModels }: Sums, item: Item): void {
  total.add(item);
  ofUpstreams.add(String(item.upstream), item);
  ofModels.add(String(item.model), item);
}
