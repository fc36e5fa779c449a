import type { AccountDecision, AccountNews } from './account-news.js';
import type { Credential, UpstreamRequest } from './contract.js';
import type { UpstreamError } from './upstream-error.js';

/** What the choice of a credential depends on. */
export interface CredentialDemand {
  readonly request: UpstreamRequest;
  /** As in `AccountNews`. */
  readonly group: string;
  /** The session that the caller has named for the gateway. A session in the request itself is found by the source. */
  readonly session?: string;
  /** The account whose workspace owns the files or skills that the request names. It goes nowhere else. */
  readonly boundAccount?: string;
  /** The most seconds that this request may wait in all. */
  readonly patienceSeconds: number;
  /** Another upstream can answer if no account does. */
  readonly hasFallback: boolean;
}

/** `refusal` says why the workspace cannot be used now. */
export type ObjectCredential = { readonly credential: Credential } | { readonly refusal: string };

export type WalkStep =
  | { readonly act: 'ask'; readonly credential: Credential }
  /** Nothing is asked before this time has passed; then `next` decides again. */
  | { readonly act: 'wait'; readonly seconds: number };

/** The credentials for one request, one after the other. */
export interface CredentialWalk {
  /** How many seconds pass before the first credential opens, if all of them are closed now. */
  readonly closedSeconds: number | undefined;
  /** Undefined if no further credential can help. */
  next(): WalkStep | undefined;
  /** The credential of the last step has answered. */
  answered(): void;
  /** The credential of the last step has failed. */
  failed(error: UpstreamError): void;
  /** After the last step: the error for the caller. It has the first refusal, and the soonest time of all. */
  refusal(): UpstreamError;
  /** What was decided and why, for the records. Called once, after the last step. */
  decide(): AccountDecision;
}

/** The operator's credentials for an upstream. Without a pool there is at most one. */
export interface CredentialSource {
  /**
   * The credential for the objects of a user, such as files: one of the workspace of this account, or of the account at
   * which the user's new objects are made. Undefined without a choice.
   */
  objectCredential(user: string, accountId: string | undefined): ObjectCredential | undefined;
  /** The public id of the account that owns this credential. */
  idOf(credential: Credential): string | undefined;
  isSameWorkspace(accountIds: readonly string[]): boolean;
  /** The credential for a request that no walk is made for; undefined if there is none. */
  readonly credential: Credential | undefined;
  /** Why there are credentials and none of them may be used; undefined otherwise. */
  readonly pausedReason: string | undefined;
  /** Undefined without a choice: the upstream then uses `credential`. */
  walk(demand: CredentialDemand): CredentialWalk | undefined;
  /** The public name of the account that owns this credential. */
  nameOf(credential: Credential): string | undefined;
  /** Returns at once and never throws. */
  learn(credential: Credential, news: AccountNews): void;
}
