import type { AccountDecision, AccountVerdict, CredentialDemand } from '@claude-proxy/upstream';
import type { Account } from './account.js';
import type { Closure, Owners } from './account-closures.js';
import type { Policy } from './move-policy.js';
import type { WarmPrefix } from './move-price.js';

/** The home of a session, or the place that a new one was given. */
export interface Home {
  readonly account: Account;
  /** The session has been there before, as far as this process has seen. */
  readonly isBound: boolean;
  /** What the workspace holds of it. */
  readonly warm: WarmPrefix | undefined;
}

/** What a walk needs of the pool. */
export interface WalkGround {
  readonly policy: Policy;
  readonly waitSavesUsd: number;
  readonly maxHops: number;
  nowMs(): number;
  /** Accounts that may serve this request, in any state but paused. */
  eligible(demand: CredentialDemand): readonly Account[];
  ownersOf(account: Account): Owners;
  closureOf(account: Account, demand: CredentialDemand): Closure | undefined;
  /** A limit of a workspace looks like one of its organization. */
  reachOf(account: Account, verdict: AccountVerdict, group: string): AccountVerdict['reach'];
  homeOf(session: string | undefined, demand: CredentialDemand): Home | undefined;
  priceOfMove(model: string, warm: WarmPrefix): number | undefined;
  /** The best of these for a request that leaves its home, with the time at which it may arrive. */
  nextPlace(places: readonly Account[], demand: CredentialDemand): { account: Account; atMs: number } | undefined;
  takePlace(account: Account, demand: CredentialDemand): number;
  /** The request is sent now. */
  asked(account: Account, session: string | undefined, demand: CredentialDemand): void;
  overloaded(account: Account, demand: CredentialDemand): void;
  /** For the records: what became of every account. */
  statesFor(demand: CredentialDemand, asked: ReadonlySet<string>): AccountDecision['considered'];
}
