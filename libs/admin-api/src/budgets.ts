/** Answers and bodies of `/api/budgets`. Times are epoch milliseconds. */

export interface BudgetCaps {
  readonly day?: number;
  readonly week?: number;
  readonly month?: number;
}

/** Body of `PUT /api/budgets/{scope}`. All caps hold together. */
export interface BudgetOrder {
  /** US dollars. */
  readonly usd?: BudgetCaps;
  /** Input tokens outside of the cache, and output tokens. */
  readonly tokens?: BudgetCaps;
  /** `refuse`, or `cheaper:` and a part of a model name, such as `cheaper:haiku`. Null: the setting `WHEN_OVER`. */
  readonly when_over?: string | null;
  /** Counts and limits only what AWS Bedrock and other upstreams of the operator answer. */
  readonly bedrock_only?: boolean;
  /** While the store is away: `open` serves, `closed` refuses. Null: the setting `BUDGET_ON_STORE_LOSS`. */
  readonly on_store_loss?: 'open' | 'closed' | null;
}

/** Body of `POST /api/budgets/{scope}/raise`: added to the caps in US dollars until then. */
export interface BudgetRaise {
  readonly usd: number;
  readonly until: number;
}

export interface BudgetWindowState {
  readonly unit: 'usd' | 'tokens';
  readonly window: 'day' | 'week' | 'month';
  /** With the raise, if one is in force. */
  readonly cap: number;
  readonly spent: number;
  /** For requests in flight, and what tasks hold in advance. */
  readonly reserved: number;
  readonly renews_at: number;
}

export interface Budget {
  /** `everybody`, `user:alice`, `team:core`, `key:ID`; `user:*`, `team:*` and `key:*` hold for each that has none. */
  readonly scope: string;
  readonly usd: BudgetCaps;
  readonly tokens: BudgetCaps;
  readonly when_over: string | null;
  readonly bedrock_only: boolean;
  readonly on_store_loss: 'open' | 'closed' | null;
  readonly raise: BudgetRaise | null;
  /** Of the scope itself; empty for `user:*` and the like. */
  readonly windows: readonly BudgetWindowState[];
}

export interface BudgetList {
  readonly budgets: readonly Budget[];
}

/** What a scope has spent in a month. */
export interface StatementLine {
  readonly scope: string;
  readonly usd: number;
  /** The part whose model has no known price; the highest price of its family was assumed. */
  readonly assumed_usd: number;
  readonly tokens: number;
  readonly requests: number;
}

export interface Statement {
  /** `YYYY-MM`, in the time zone of budgets. */
  readonly month: string;
  readonly lines: readonly StatementLine[];
}
