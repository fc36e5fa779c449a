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

  provide(source: CredentialSource): void {
    this.providedSource = source;
  }

  provideProbe(probe: AccountProbe): void {
    this.providedProbe = probe;
  }
}
