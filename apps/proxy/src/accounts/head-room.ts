import type { RateWindow, WindowKind } from '@claude-proxy/upstream';

interface Bucket {
  limit: number;
  remaining: number;
  atMs: number;
  /** By which the level has changed lately, per millisecond. */
  readonly pace: number;
}

/** What a request takes from the buckets. Cache reads count nowhere, and an answer's length is not known beforehand. */
export interface Need {
  readonly inputTokens: number;
}

const MINUTE_MS = 60_000;
/** Organizations and groups of models; the names of models come from clients. */
const MAX_OWNERS = 2_000;

/** A bucket at a certain time. */
export interface WindowNow extends RateWindow {
  readonly group: string;
  /** If nothing more is taken. */
  readonly fullAtMs: number;
  /** When it is empty at the pace of the last reports; undefined if that pace does not empty it. */
  readonly lastsUntilMs: number | undefined;
}

/** The token buckets of organizations, as their answers have reported them, refilled by the clock. */
export class HeadRoom {
  private readonly byOwner = new Map<string, Map<WindowKind, Bucket>>();

  learn(owner: string, windows: readonly RateWindow[], nowMs: number): void {
    if (windows.length === 0) return;
    const buckets = this.byOwner.get(owner) ?? new Map<WindowKind, Bucket>();
    this.byOwner.delete(owner);
    this.byOwner.set(owner, buckets);
    for (const { kind, limit, remaining } of windows) {
      buckets.set(kind, { limit, remaining, atMs: nowMs, pace: paceOf(buckets.get(kind), remaining, nowMs) });
    }
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

  /** Every bucket of an organization as it is now. */
  *windowsOf(organization: string, nowMs: number): Generator<WindowNow> {
    for (const [owner, buckets] of this.byOwner) {
      if (!owner.startsWith(`${organization}/`)) continue;
      const group = owner.slice(organization.length + 1);
      for (const [kind, bucket] of buckets) yield windowNow(group, kind, bucket, nowMs);
    }
  }
}

function levelOf({ limit, remaining, atMs }: Bucket, nowMs: number): number {
  return Math.min(limit, remaining + (limit * Math.max(0, nowMs - atMs)) / MINUTE_MS);
}

function windowNow(group: string, kind: WindowKind, bucket: Bucket, nowMs: number): WindowNow {
  const { limit, pace } = bucket;
  const remaining = Math.max(0, Math.floor(levelOf(bucket, nowMs)));
  const isCurrent = nowMs - bucket.atMs < MINUTE_MS;
  return {
    group,
    kind,
    limit,
    remaining,
    fullAtMs: nowMs + ((limit - remaining) / limit) * MINUTE_MS,
    lastsUntilMs: pace < 0 && isCurrent ? nowMs - remaining / pace : undefined,
  };
}

/** The mean of the last minute or so, by exponential smoothing. */
function paceOf(before: Bucket | undefined, remaining: number, nowMs: number): number {
  if (!before || nowMs <= before.atMs) return before?.pace ?? 0;
  const elapsedMs = nowMs - before.atMs;
  const now = (remaining - before.remaining) / elapsedMs;
  const share = Math.min(1, elapsedMs / MINUTE_MS);
  return before.pace + (now - before.pace) * share;
}

function needOf(kind: WindowKind, inputTokens: number): number {
  return kind === 'input_tokens' || kind === 'tokens' ? inputTokens : 1;
}
