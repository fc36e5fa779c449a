import { Injectable } from '@nestjs/common';

const ACTIVE_MS = 60 * 60 * 1_000;
const MAX_KNOWN = 10_000;

interface State {
  seenAtMs: number;
  limitedUntilMs: number;
}

export interface AccountCounts {
  readonly active_accounts: number;
  readonly rate_limited_accounts: number;
}

/** Which credentials are at work and which of them are limited, as far as this process has seen, by fingerprint. */
@Injectable()
export class CredentialStates {
  private countPool: () => AccountCounts | undefined = () => undefined;
  private readonly byFingerprint = new Map<string, State>();

  seen(fingerprint: string): void {
    this.stateOf(fingerprint).seenAtMs = performance.now();
  }

  limited(fingerprint: string, seconds: number): void {
    const state = this.stateOf(fingerprint);
    state.limitedUntilMs = Math.max(state.limitedUntilMs, performance.now() + seconds * 1_000);
  }

  reopened(fingerprint: string): void {
    this.stateOf(fingerprint).limitedUntilMs = 0;
  }

  /** A pool of accounts counts in the place of callers' own credentials. */
  countFrom(count: () => AccountCounts | undefined): void {
    this.countPool = count;
  }

  /** In ccflare's words: active is who was used within an hour. */
  counts(): AccountCounts {
    const ofPool = this.countPool();
    if (ofPool) return ofPool;
    const nowMs = performance.now();
    const states = [...this.byFingerprint.values()];
    return {
      active_accounts: states.filter(({ seenAtMs }) => nowMs - seenAtMs < ACTIVE_MS).length,
      rate_limited_accounts: states.filter(({ limitedUntilMs }) => limitedUntilMs > nowMs).length,
    };
  }

  private stateOf(fingerprint: string): State {
    const known = this.byFingerprint.get(fingerprint);
    const state = known ?? { seenAtMs: Number.NEGATIVE_INFINITY, limitedUntilMs: 0 };
    this.byFingerprint.delete(fingerprint);
    this.byFingerprint.set(fingerprint, state);
    if (this.byFingerprint.size > MAX_KNOWN) this.byFingerprint.delete(this.byFingerprint.keys().next().value!);
    return state;
  }
}
