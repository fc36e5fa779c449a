import type { Failure } from '@claude-proxy/upstream';

/** So many failures in a row mean that it is down, not that it had a bad moment. */
const FAILURES_TO_OPEN = 5;
/** Failures that lie further apart are no row. */
const ROW_MS = 60_000;
/** How long the upstream gets no request before one tries again. */
const OPEN_MS = 10_000;
/** A probe without a result does not block the others for longer. */
const PROBE_MS = 60_000;

/**
 * | state     | goes on to | when                                                                      |
 * |-----------|------------|---------------------------------------------------------------------------|
 * | closed    | open       | five failures in a row: unreachable or overloaded; a minute apart they do not count as a row |
 * | open      | half-open  | ten seconds are over: the next request is the probe, others pass it by      |
 * | half-open | closed     | the probe is answered                                                     |
 * | half-open | open       | the probe fails: unreachable or overloaded                                 |
 *
 * A 429, a refusal, a time-out and a caller who left change nothing; the next request may be the probe. It only
 * moves an upstream to the end: the only one left is asked in any state.
 */
export class Breaker {
  private failuresInRow = 0;
  private lastFailureMs = 0;
  private openUntilMs = 0;
  private probeUntilMs = 0;

  /** Whether to be asked in turn, and not after everybody else. */
  admits(nowMs: number): boolean {
    return !this.isOpen || (nowMs >= this.openUntilMs && nowMs >= this.probeUntilMs);
  }

  /** A request is on its way; where the breaker was open it is the probe. */
  asked(nowMs: number): void {
    if (this.isOpen && this.admits(nowMs)) this.probeUntilMs = nowMs + PROBE_MS;
  }

  answered(): void {
    this.failuresInRow = 0;
    this.openUntilMs = 0;
    this.probeUntilMs = 0;
  }

  failed(failure: Failure, nowMs: number): void {
    if (failure === 'unreachable' || failure === 'overloaded') this.count(nowMs);
    else this.probeUntilMs = 0;
  }

  get isOpen(): boolean {
    return this.openUntilMs > 0;
  }

  private count(nowMs: number): void {
    this.failuresInRow = nowMs - this.lastFailureMs > ROW_MS ? 1 : this.failuresInRow + 1;
    this.lastFailureMs = nowMs;
    if (!this.isOpen && this.failuresInRow < FAILURES_TO_OPEN) return;
    this.openUntilMs = nowMs + OPEN_MS;
    this.probeUntilMs = 0;
  }
}
