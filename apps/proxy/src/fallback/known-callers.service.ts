import { type AnswerHead, type Credential, UpstreamError } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { CredentialChecks } from './credential-checks.js';
import { type Proof, proofOf } from './credential-proof.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { KnownCallerStore } from './known-caller.store.js';
import { type NamedUpstream, UpstreamRegistry } from './upstream.registry.js';

const KNOWN_SECONDS = 7 * 24 * 60 * 60;
/** A credential in use is written this often, so its item never runs out. */
const WRITE_EVERY_SECONDS = 6 * 60 * 60;
/** After a write that failed. */
const WRITE_AGAIN_SECONDS = 60;
/** How long a credential that the store does not have is not looked up again. */
const MISSED_MS = 5 * 60_000;
const MAX_REMEMBERED = 10_000;
/** How far the clocks of two tasks may lie apart. */
const MAX_SKEW_SECONDS = 60;

interface Acceptance {
  acceptedAt: number;
  writtenAt: number;
}

/**
 * Decides which callers the operator pays for. A caller is known when its credential is the operator's, or when an
 * upstream that checks credentials has accepted it in the last 7 days. Tasks share what they know through the store;
 * a known credential costs a request one look-up in memory.
 */
@Injectable()
export class KnownCallers {
  private readonly acceptances = new Map<string, Acceptance>();
  private readonly missedAtMs = new Map<string, number>();
  private readonly lookUps = new Map<string, Promise<Proof | undefined>>();
  private readonly checks = new CredentialChecks();
  private readonly isOn: boolean;

  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly store: KnownCallerStore,
    @Inject(fallbackSection.token) { isEnabled, fallbackFor }: FallbackConfig,
  ) {
    this.isOn = isEnabled && fallbackFor === 'known';
  }

  /** Learns from what an upstream has answered. */
  noteAnswer({ provider }: NamedUpstream, credential: Credential | undefined, answer: AnswerHead | undefined): void {
    if (!this.isOn || !provider.probeCredential || !answer || credential?.source !== 'client') return;
    const proof = proofOf(answer);
    if (proof === 'accepted') this.accept(credential.digest);
    else if (proof === 'refused') this.forget(credential.digest);
  }

  /** Why this upstream, as a fallback, does not serve this caller; undefined where it does. */
  async refusalBy({ provider }: NamedUpstream, credential: Credential | undefined): Promise<UpstreamError | undefined> {
    if (provider.probeCredential) return undefined;
    if (!credential) return refusal('no credential');
    const proof = await this.proofOf(credential);
    if (proof === 'accepted') return undefined;
    const judge = this.judge();
    if (!judge) return refusal('unknown credential: no upstream in FALLBACK_CHAIN can check it (see FALLBACK_FOR)');
    const reason =
      proof === 'refused' ? 'refuses it' : 'has not accepted it in the last 7 days and cannot check it now';
    return refusal(`unknown credential: ${judge.name} ${reason}`);
  }

  /** True for a credential that its upstream refuses: such a caller is not part of a drill. */
  async isRefused(credential: Credential): Promise<boolean> {
    return (await this.proofOf(credential)) === 'refused';
  }

  private async proofOf(credential: Credential): Promise<Proof | undefined> {
    const { digest } = credential;
    if (!this.isOn || credential.source === 'operator' || this.isKnown(digest)) return 'accepted';
    const running = this.lookUps.get(digest);
    if (running) return running;
    const lookUp = this.lookUp(credential).finally(() => this.lookUps.delete(digest));
    this.lookUps.set(digest, lookUp);
    return lookUp;
  }

  private async lookUp(credential: Credential): Promise<Proof | undefined> {
    const { digest } = credential;
    if (await this.isStored(digest)) return 'accepted';
    const judge = this.judge();
    if (!judge) return undefined;
    const proof = await this.checks.check(digest, (signal) => judge.provider.probeCredential!(credential, signal));
    if (proof === 'accepted') this.accept(digest);
    return proof;
  }

  private async isStored(digest: string): Promise<boolean> {
    const missedAtMs = this.missedAtMs.get(digest);
    if (missedAtMs !== undefined && performance.now() - missedAtMs < MISSED_MS) return false;
    const acceptedAt = await this.store.acceptedAt(digest);
    if (acceptedAt !== undefined) remember(this.acceptances, digest, { acceptedAt, writtenAt: acceptedAt });
    else remember(this.missedAtMs, digest, performance.now());
    return this.isKnown(digest);
  }

  private isKnown(digest: string): boolean {
    const acceptedAt = this.acceptances.get(digest)?.acceptedAt;
    return acceptedAt !== undefined && isWithin(acceptedAt, KNOWN_SECONDS);
  }

  private accept(digest: string): void {
    const known = this.acceptances.get(digest);
    const acceptedAt = nowSeconds();
    if (known) known.acceptedAt = acceptedAt;
    if (known && isWithin(known.writtenAt, WRITE_EVERY_SECONDS)) return;
    const acceptance = { acceptedAt, writtenAt: acceptedAt };
    remember(this.acceptances, digest, acceptance);
    this.checks.forget(digest);
    void this.store.accepted(digest, acceptedAt, acceptedAt + KNOWN_SECONDS).then((isWritten) => {
      if (!isWritten) acceptance.writtenAt -= WRITE_EVERY_SECONDS - WRITE_AGAIN_SECONDS;
    });
  }

  private forget(digest: string): void {
    if (this.acceptances.delete(digest)) void this.store.forget(digest);
  }

  private judge(): NamedUpstream | undefined {
    return this.registry.chain.find(({ provider }) => provider.probeCredential);
  }
}

function remember<Value>(values: Map<string, Value>, digest: string, value: Value): void {
  values.delete(digest);
  values.set(digest, value);
  if (values.size > MAX_REMEMBERED) values.delete(values.keys().next().value!);
}

/** A clock that was set back must not make an acceptance last for the length of the jump. */
function isWithin(acceptedAt: number, seconds: number): boolean {
  const ageSeconds = nowSeconds() - acceptedAt;
  return ageSeconds < seconds && ageSeconds >= -MAX_SKEW_SECONDS;
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

function refusal(message: string): UpstreamError {
  return new UpstreamError({ failure: 'rejected', message, wasAsked: false });
}
