/** Types of the admin API, shared by the gateway and its clients: dashboard and command line. */
export {
  ACCOUNT_STATES,
  type Account,
  type AccountChange,
  type AccountClosure,
  type AccountList,
  type AccountProbe,
  type AccountSetting,
  type AccountWindow,
  type AddedAccount,
  type NewAccount,
} from './accounts.js';
export {
  ANALYTICS_RANGES,
  type Analytics,
  type AnalyticsRange,
  type Bucket,
  type ErrorCount,
  type Figures,
  type Notice,
  type Percentiles,
} from './analytics.js';
export type { AuditActor, AuditEntry, AuditPage } from './audit.js';
export type {
  Budget,
  BudgetCaps,
  BudgetList,
  BudgetOrder,
  BudgetRaise,
  BudgetWindowState,
  Statement,
  StatementLine,
} from './budgets.js';
export { OPERATOR_EVENT_TYPES, type OperatorEvent, type OperatorEventType } from './events.js';
export type { FallbackChange, FallbackState, FallbackTrial, FallbackTrials } from './fallback.js';
export type { InFlightLine, InFlightList } from './in-flight.js';
export {
  type ClientKey,
  type CreatedKey,
  KEY_ENDPOINTS,
  KEY_MASKINGS,
  KEY_ROLES,
  type KeyChange,
  type KeyEndpoint,
  type KeyLimits,
  type KeyList,
  type KeyMasking,
  type KeyRole,
  type NewKey,
} from './keys.js';
export type { Drill, DrillList, DrillOrder, Limit, LimitList } from './limits.js';
export {
  isErrorLine,
  type LineFilterTexts,
  lineMatcher,
  STATUS_VALUE,
  VALUE_FILTERS,
  type ValueFilter,
} from './line-filter.js';
export { allTokensOfLine, type LineOrder, lineComparator } from './line-order.js';
export type { LiveEvent } from './live.js';
export type {
  MaskingAlarm,
  MaskingCounts,
  MaskingFigures,
  MaskingPreview,
  MaskingRule,
  MaskingRules,
  MaskingUser,
} from './masking.js';
export {
  MONEY_DIMENSIONS,
  type Money,
  type MoneyDay,
  type MoneyDimension,
  type MoneyMonth,
  type MoneySum,
} from './money.js';
export type { PriceReport, PriceRow } from './prices.js';
export {
  type AnalyticsParameters,
  type MoneyParameters,
  type PageQuery,
  type RequestsParameters,
  type SessionParameters,
  type SessionsParameters,
  type StatementParameters,
  USER_ORDERS,
  type UsageParameters,
  type UserOrder,
  type UsersParameters,
  type UserUsageParameters,
} from './queries.js';
export {
  type AttemptLine,
  type DecisionLine,
  type DecisionQuestion,
  type Outcome,
  REQUEST_ORDERS,
  type RequestDetail,
  type RequestLine,
  type RequestOrder,
  type RequestPage,
} from './requests.js';
export type { Health, PrincipalRole, Readiness, Session } from './session.js';
export {
  CACHE_BREAK_KINDS,
  type CacheBreak,
  type CacheBreakKind,
  type CacheBreakReason,
  type PromptCacheNote,
  SESSION_ORDERS,
  type SessionDetail,
  type SessionLine,
  type SessionOrder,
  type SessionPage,
  type SessionRequest,
} from './sessions.js';
export type { EffectiveSection, EffectiveSetting, KnownModel, SettingsReport } from './settings.js';
export type { Task, TaskList } from './tasks.js';
export type { Me, Team, TeamList } from './teams.js';
export type { TokenCounts, UsageOfAll, UsageOfUser, UsageSummary, UserPage, UserUsage } from './usage.js';
export { isTooLong, type Matcher, valuesMatcher, valuesOf } from './value-list.js';
export { VERDICT_CODES, type Verdict, type VerdictCode, type VerdictFacts } from './verdict.js';
