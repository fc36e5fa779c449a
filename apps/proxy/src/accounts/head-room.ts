import type { RateWindow, WindowKind } from '@claude-proxy/upstream';

interface Bucket {
  limit: number;
  remaining: number;
  atMs: number;
}

/** What a request takes from the buckets. Cache reads count nowhere, and an answer's length is not known beforehand. */
export interface Need {
  readonly inputTokens: number;
}

const MINUTE_MS = 60_000;
/** Organizations and groups of models; the names of models come from clients. */
const MAX_OWNERS = 2_000;

/** The token buckets of organizations, as their answers have reported them, refilled by the clock. */
export class HeadRoom {
  private readonly byOwner = new Map<string, Map<WindowKind, Bucket>>();

  learn(owner: string, windows: readonly RateWindow[], nowMs: number): void {
    if (windows.length === 0) return;
    const buckets = this.byOwner.get(owner) ?? new Map<WindowKind, Bucket>();
    this.byOwner.delete(owner);
    this.byOwner.set(owner, buckets);
    for (const { kind, limit, remaining } of windows) buckets.set(kind, { limit, remaining, atMs: nowMs });
    if (this.byOwner.size > MAX_OWNERS) this.byOwner.delete(this.byOwner.keys().next().value!);
  }

  /** A request is on its way: its answer will report less. */
  take(owner: string, { inputTokens }: Need): void {
    const buckets = this.byOwner.get(owner);
    if (!buckets) return;
    for (const [kind, bucket] of buckets) bucket.remaining -= needOf(kind, inputTokens);
  }

  /** Seconds until a request fits into every bucket; 0 if it fits now, or if nothing is known. */
  secondsUntilFits(owner: string, { inputTokens }: Need, nowMs: number): number {
    let longest = 0;
    for (const [kind, bucket] of this.byOwner.get(owner) ?? []) {
      const missing = Math.min(needOf(kind, inputTokens), bucket.limit) - levelOf(bucket, nowMs);
      if (missing > 0) longest = Math.max(longest, (missing / bucket.limit) * 60);
    }
    return longest;
  }

  /** The emptiest bucket as a share from 0 to 1; 1 if nothing is known. */
  share(owner: string, nowMs: number): number {
    let least = 1;
    for (const bucket of this.byOwner.get(owner)?.values() ?? []) {
      least = Math.min(least, levelOf(bucket, nowMs) / bucket.limit);
    }
    return Math.max(0, least);
  }

  /** Every bucket as it is now, in the order of its first report. */
  *windowsOf(owner: string, nowMs: number): Generator<RateWindow & { readonly fullAtMs: number }> {
    for (const [kind, bucket] of this.byOwner.get(owner) ?? []) {
      const remaining = Math.max(0, Math.floor(levelOf(bucket, nowMs)));
      const fullAtMs = nowMs + ((bucket.limit - remaining) / bucket.limit) * MINUTE_MS;
      yield { kind, limit: bucket.limit, remaining, fullAtMs };
    }
  }
}

function levelOf({ limit, remaining, atMs }: Bucket, nowMs: number): number {
  return Math.min(limit, remaining + (limit * Math.max(0, nowMs - atMs)) / MINUTE_MS);
}

function needOf(kind: WindowKind, inputTokens: number): number {
  return kind === 'input_tokens' || kind === 'tokens' ? inputTokens : 1;
}
