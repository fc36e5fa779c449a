import type { AnswerHead } from '@claude-proxy/upstream';
import { type Proof, proofOf } from './credential-proof.js';

/** At once at the upstream; further checks wait for their turn. */
const MAX_RUNNING = 8;
/** A team that meets an outage together fits; beyond it a check fails at once. */
const MAX_WAITING = 256;
/** For the turn and the answer together. */
const PATIENCE_MS = 5_000;
/** How long a result keeps a credential from being checked again. */
const REFUSED_MS = 60_000;
const UNANSWERED_MS = 5_000;
const MAX_RESULTS = 10_000;

export type Probe = (signal: AbortSignal) => Promise<AnswerHead>;

interface Result {
  readonly proof: Proof | undefined;
  readonly untilMs: number;
}

/**
 * Checks credentials at the upstream that issued them. Requests with one credential share a check, and a failed check is
 * not repeated for a while, so that invented keys cannot be used to flood the upstream.
 */
export class CredentialChecks {
  private readonly running = new Map<string, Promise<Proof | undefined>>();
  private readonly results = new Map<string, Result>();
  private readonly waiting = new Set<() => void>();
  private active = 0;

  /** Undefined where the upstream has not answered in time, or with nothing that proves anything. Never throws. */
  check(digest: string, probe: Probe): Promise<Proof | undefined> {
    const result = this.results.get(digest);
    if (result && result.untilMs > performance.now()) return Promise.resolve(result.proof);
    const running = this.running.get(digest);
    if (running) return running;
    const check = this.inTurn(probe)
      .then((proof) => this.keep(digest, proof))
      .finally(() => this.running.delete(digest));
    this.running.set(digest, check);
    return check;
  }

  /** Something else has proved the opposite meanwhile. */
  forget(digest: string): void {
    this.results.delete(digest);
  }

  private async inTurn(probe: Probe): Promise<Proof | undefined> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    if (!(await this.takePlace(signal))) return undefined;
    try {
      return proofOf(await probe(signal));
    } catch {
      return undefined;
    } finally {
      this.releasePlace();
    }
  }

  /** False where no place is free in time. */
  private async takePlace(signal: AbortSignal): Promise<boolean> {
    if (this.active < MAX_RUNNING) {
      this.active += 1;
      return true;
    }
    if (this.waiting.size >= MAX_WAITING) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const enter = () => resolve(true);
    this.waiting.add(enter);
    signal.addEventListener('abort', () => this.waiting.delete(enter) && resolve(false), { once: true });
    return promise;
  }

  /** The place goes to the check that has waited longest, if there is one. */
  private releasePlace(): void {
    const [enter] = this.waiting;
    if (!enter) this.active -= 1;
    else if (this.waiting.delete(enter)) enter();
  }

  private keep(digest: string, proof: Proof | undefined): Proof | undefined {
    this.results.delete(digest);
    if (proof === 'accepted') return proof;
    const untilMs = performance.now() + (proof === 'refused' ? REFUSED_MS : UNANSWERED_MS);
    this.results.set(digest, { proof, untilMs });
    if (this.results.size > MAX_RESULTS) this.results.delete(this.results.keys().next().value!);
    return proof;
  }
}
