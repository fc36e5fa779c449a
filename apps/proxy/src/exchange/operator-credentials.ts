import type { AnswerHead, Credential, CredentialSource } from '@claude-proxy/upstream';
import { Injectable } from '@nestjs/common';

/** Sends a free request with an account's key. Rejects without an answer. */
export type AccountProbe = (credential: Credential, signal: AbortSignal) => Promise<AnswerHead>;

/**
 * Connects the pool of the operator's accounts (room `accounts`) with the upstream that they belong to. Neither room
 * imports the other one.
 */
@Injectable()
export class OperatorCredentials {
  private providedSource: CredentialSource | undefined;
  private providedProbe: AccountProbe | undefined;

  get source(): CredentialSource | undefined {
    return this.providedSource;
  }

  get probe(): AccountProbe | undefined {
    return this.providedProbe;
  }

  /** Why a caller without a credential of its own cannot be served, and what the operator can do. */
  get missingReason(): string {
    const paused = this.providedSource?.pausedReason;
    return paused === undefined
      ? 'the operator of this gateway has set no credential for it (ANTHROPIC_API_KEY, or an account at /api/accounts)'
      : `${paused}; the operator can set one to "active" at /api/accounts`;
  }

  provide(source: CredentialSource): void {
    this.providedSource = source;
  }

  provideProbe(probe: AccountProbe): void {
    this.providedProbe = probe;
  }
}
