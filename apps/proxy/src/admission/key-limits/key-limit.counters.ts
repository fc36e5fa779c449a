import type { KeyLimits } from '@claude-proxy/admin-api';
import { type Bucket, levelAt, secondsUntil } from './token-bucket.js';

export interface Taken {
  /** The limit that is reached; undefined if the request may go on. */
  readonly reached: keyof KeyLimits | undefined;
  readonly retryAfterSeconds: number;
  readonly requestsLeft: number;
  readonly tokensLeft: number;
}

/** Counts requests, tokens and concurrency per client key. */
export abstract class LimitCounters {
  /** Takes one request, if no limit is reached. `id` is unique per request. */
  abstract take(key: string, id: string, limits: KeyLimits): Taken | Promise<Taken>;
  /** At the end of a request that was taken. Never throws. */
  abstract settle(key: string, id: string, limits: KeyLimits, tokens: number): void;
  abstract close(): void;
}

/** Requests that run for longer than this count as ended. */
export const LONGEST_REQUEST_MS = 60 * 60_000;
/** A request ends at an unknown time. */
const CONCURRENCY_RETRY_SECONDS = 1;
const MAX_KEYS = 100_000;

interface State {
  requests: Bucket | undefined;
  tokens: Bucket | undefined;
  readonly running: Set<string>;
}

/** The decision, from the levels of both buckets and the number of running requests. */
export function decide(limits: KeyLimits, requests: number, tokens: number, running: number): Taken {
  const { requests_per_minute: rpm, tokens_per_minute: tpm, concurrency } = limits;
  const result = (reached: keyof KeyLimits | undefined, retryAfterSeconds: number): Taken => ({
    reached,
    retryAfterSeconds,
    requestsLeft: Math.max(0, Math.floor(requests - (reached ? 0 : 1))),
    tokensLeft: Math.max(0, Math.floor(tokens)),
  });
  if (rpm !== undefined && requests < 1)
    return result('requests_per_minute', Math.max(1, secondsUntil(requests, 1, rpm)));
  // What a request uses is known at its end, so the level may be negative.
  if (tpm !== undefined && tokens < 1) return result('tokens_per_minute', Math.max(1, secondsUntil(tokens, 1, tpm)));
  if (concurrency !== undefined && running >= concurrency) return result('concurrency', CONCURRENCY_RETRY_SECONDS);
  return result(undefined, 0);
}

/** In this process alone. */
export class LocalLimitCounters implements LimitCounters {
  private readonly states = new Map<string, State>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  take(key: string, id: string, limits: KeyLimits): Taken {
    const state = this.stateOf(key);
    const nowMs = this.now();
    const requests = levelAt(state.requests, limits.requests_per_minute ?? Number.POSITIVE_INFINITY, nowMs);
    const tokens = levelAt(state.tokens, limits.tokens_per_minute ?? Number.POSITIVE_INFINITY, nowMs);
    const taken = decide(limits, requests, tokens, state.running.size);
    if (taken.reached) return taken;
    if (limits.requests_per_minute !== undefined) state.requests = { level: requests - 1, atMs: nowMs };
    state.running.add(id);
    return taken;
  }

  settle(key: string, id: string, { tokens_per_minute: tpm }: KeyLimits, used: number): void {
    const state = this.stateOf(key);
    state.running.delete(id);
    if (tpm === undefined || used === 0) return;
    const nowMs = this.now();
    state.tokens = { level: levelAt(state.tokens, tpm, nowMs) - used, atMs: nowMs };
  }

  close(): void {}

  /** The key that was used longest ago is forgotten first, unless it has running requests. */
  private stateOf(key: string): State {
    const state = this.states.get(key) ?? { requests: undefined, tokens: undefined, running: new Set() };
    this.states.delete(key);
    this.states.set(key, state);
    if (this.states.size > MAX_KEYS) {
      const [oldest, { running }] = this.states.entries().next().value!;
      if (running.size === 0) this.states.delete(oldest);
    }
    return state;
  }
}
