/** Answers and bodies of `/api/accounts`. Times are epoch milliseconds. */

export const ACCOUNT_STATES = ['active', 'paused', 'draining'] as const;
/** What an operator decides: `paused` gets no requests, `draining` keeps its sessions and gets no new ones. */
export type AccountSetting = (typeof ACCOUNT_STATES)[number];

/** One token bucket of the account's organization, as it is now. */
export interface AccountWindow {
  /** The models that share it. */
  readonly group: string;
  readonly kind: 'requests' | 'input_tokens' | 'output_tokens' | 'tokens';
  /** Per minute. */
  readonly limit: number;
  readonly remaining: number;
  /** When it is full again, if nothing more is taken. */
  readonly full_at: number;
  /** When it is empty at the pace of the last minutes; null if that pace does not empty it. */
  readonly lasts_until: number | null;
}

/** Something that keeps the account from serving. */
export interface AccountClosure {
  readonly state: string;
  /** A group of models, `model:<id>`, or `*` for all. */
  readonly group: string;
  readonly reason: string;
  /** Null if an operator ends it. */
  readonly until: number | null;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** The beginning of the SHA-256 of the key. The key itself is never shown. */
  readonly fingerprint: string;
  readonly origin: 'environment' | 'stored';
  /** Grows with each change by an operator. */
  readonly revision: number;
  /** Null until an answer has named them. */
  readonly organization: string | null;
  readonly workspace: string | null;
  /** A lower number is used first. */
  readonly priority: number;
  /** Share of the new sessions among accounts of the same priority. */
  readonly weight: number;
  /** Null allows all. */
  readonly models: readonly string[] | null;
  /** `ready`, `paused`, `draining`, or why it cannot serve: `cooling`, `slowed`, `capped`, `unpaid`, `refused`, ... */
  readonly state: string;
  readonly state_reason: string | null;
  /** Null for a state without an end. */
  readonly state_until: number | null;
  readonly closures: readonly AccountClosure[];
  readonly windows: readonly AccountWindow[];
  /** Sessions of this process that are on it. */
  readonly sessions: number;
  /** Of the last 30 days, in all processes. */
  readonly requests: number;
  readonly tokens: number;
  readonly cost_usd: number;
  /** Share of the input that was read from the prompt cache; null without any. */
  readonly cache_hit_share: number | null;
  readonly last_used_at: number | null;
}

export interface AccountList {
  readonly accounts: readonly Account[];
}

/** Body of `POST /api/accounts`. */
export interface NewAccount {
  readonly name: string;
  readonly key: string;
  readonly priority?: number;
  readonly weight?: number;
  readonly models?: readonly string[] | null;
}

export interface AddedAccount {
  readonly account: Account;
  /** Names of other accounts of the same organization: they share its limits, so the new one adds no capacity. */
  readonly same_organization: readonly string[];
}

/** Body of `PATCH /api/accounts/{id}`. */
export interface AccountChange {
  readonly name?: string;
  readonly state?: AccountSetting;
  /** The change is refused with 409 if another operator has changed the account since it had this revision. */
  readonly if_revision?: number;
  readonly priority?: number;
  readonly weight?: number;
  readonly models?: readonly string[] | null;
}

export interface AccountProbe {
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  readonly detail: string;
  readonly account: Account;
}
