/** The first seconds of a move: one at once, then less than four a second: timers are late, and the next one is not. */
const FIRST_STEP_MS = 275;
const SLOW_MS = 5_000;
/** After the slow phase the rate doubles each second, so that a herd of hundreds arrives within the usual wait. */
const FIRST_RATE_PER_SECOND = 8;
const MAX_RATE_PER_SECOND = 1_024;
/** Without a move for so long, the next one begins anew. */
const QUIET_MS = 30_000;
const MAX_TARGETS = 1_000;

interface Ramp {
  readonly startMs: number;
  nextMs: number;
}

/**
 * When a request that leaves its home may arrive at another organization. All sessions of a closed organization move at
 * once, each of them writes its whole prompt anew, and the next organization would close, too.
 */
export class MovePace {
  private readonly ramps = new Map<string, Ramp>();

  /** The earliest time for one more move to this target, without taking it. */
  nextFor(target: string, nowMs: number): number {
    return Math.max(nowMs, this.livingRamp(target, nowMs)?.nextMs ?? nowMs);
  }

  /** Takes the earliest time. */
  take(target: string, nowMs: number): number {
    const ramp = this.livingRamp(target, nowMs) ?? { startMs: nowMs, nextMs: nowMs };
    const atMs = Math.max(nowMs, ramp.nextMs);
    ramp.nextMs = atMs + stepMs(atMs - ramp.startMs);
    this.ramps.delete(target);
    this.ramps.set(target, ramp);
    if (this.ramps.size > MAX_TARGETS) this.ramps.delete(this.ramps.keys().next().value!);
    return atMs;
  }

  private livingRamp(target: string, nowMs: number): Ramp | undefined {
    const ramp = this.ramps.get(target);
    return ramp && nowMs - ramp.nextMs < QUIET_MS ? ramp : undefined;
  }
}

function stepMs(sinceStartMs: number): number {
  if (sinceStartMs < SLOW_MS) return FIRST_STEP_MS;
  const seconds = Math.floor((sinceStartMs - SLOW_MS) / 1_000);
  return 1_000 / Math.min(FIRST_RATE_PER_SECOND * 2 ** seconds, MAX_RATE_PER_SECOND);
}
