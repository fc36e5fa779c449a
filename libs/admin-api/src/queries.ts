import type { AnalyticsRange } from './analytics.js';
import type { LineFilterTexts } from './line-filter.js';
import type { MoneyDimension } from './money.js';
import type { RequestOrder } from './requests.js';
import type { SessionOrder } from './sessions.js';

/** Parameters of the queries of the admin API. The OpenAPI document and the handlers have them from here. */

export interface PageQuery {
  /** A whole number: the most entries of a page. */
  readonly limit?: string;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string;
}

interface SpanParameters {
  /** Epoch milliseconds, or an ISO date: the first request. */
  readonly since?: string;
  /** Epoch milliseconds, or an ISO date: the last request. */
  readonly until?: string;
}

export interface AnalyticsParameters extends SpanParameters, LineFilterTexts {
  /** The last hour, day, week or 30 days, in place of `since`. Default: `24h`. */
  readonly range?: AnalyticsRange;
  /** Time zone of days, such as `Asia/Seoul`. Default: `UTC`. */
  readonly tz?: string;
  /** Adds `by_user`. `GET /api/users` has users in pages. */
  readonly by_user?: 'true' | 'false';
}

export interface RequestsParameters extends PageQuery, SpanParameters, LineFilterTexts {
  /** Default: `time`, newest first. */
  readonly sort?: RequestOrder;
  readonly order?: 'asc' | 'desc';
}

export interface SessionParameters {
  /** Only the requests of this user. */
  readonly user?: string;
}

export interface SessionsParameters extends PageQuery, SessionParameters {
  /** 1 to 31, today included. Default: 1. */
  readonly days?: string;
  /** Default: `recent`. */
  readonly sort?: SessionOrder;
  /** A part of the id of a session or user. */
  readonly q?: string;
}

export interface MoneyParameters {
  /** 1 to 90, today included. Default: 30. */
  readonly days?: string;
  /** Default: `model`. */
  readonly by?: MoneyDimension;
}

export interface StatementParameters {
  /** `YYYY-MM`; default: this month. */
  readonly month?: string;
  readonly format?: 'json' | 'csv';
}

export interface UsageParameters {
  /** 1 to 90, today included. Default: 7. */
  readonly days?: string;
  /** One day as `YYYY-MM-DD`, in place of `days`. */
  readonly date?: string;
  /** `all`, or the name of an upstream, such as `anthropic` or `bedrock`. Default: `all`. */
  readonly request_type?: string;
  /** Time zone of the days, such as `Asia/Seoul`. Default: `UTC`. */
  readonly tz?: string;
}

export interface UserUsageParameters extends UsageParameters {
  /** Default: the user of the client key, else `default`. */
  readonly 'claude-code-user'?: string;
}

export const USER_ORDERS = ['user', 'cost', 'tokens', 'requests'] as const;
export type UserOrder = (typeof USER_ORDERS)[number];

export interface UsersParameters extends UsageParameters, PageQuery {
  /** A part of the name, in any case. */
  readonly q?: string;
  /** Default: `user`, by name. All others begin with the highest. */
  readonly sort?: UserOrder;
}
