import type {
  Account,
  AccountList,
  AccountProbe,
  AddedAccount,
  Analytics,
  AnalyticsRange,
  AuditPage,
  Budget,
  BudgetList,
  ClientKey,
  CreatedKey,
  DecisionLine,
  Drill,
  DrillList,
  FallbackState,
  FallbackTrial,
  Figures,
  KeyList,
  LimitList,
  MaskingPreview,
  MaskingRules,
  OperatorEvent,
  PriceReport,
  RequestDetail,
  RequestLine,
  Statement,
  Team,
  TeamList,
  UsageOfAll,
  UsageOfUser,
} from '@claude-proxy/admin-api';
import type { Finding } from '../doctor/findings.js';
import type { PeriodRow } from '../stats/periods.js';
import type { SessionRow } from '../stats/sessions.command.js';
import type { Status } from '../status/status.command.js';

/** What an error prints, of every command. */
interface ErrorOutput {
  readonly error: {
    /** The name of the exit code. */
    readonly code:
      | 'gateway_failure'
      | 'usage'
      | 'not_found'
      | 'sign_in'
      | 'unreachable'
      | 'degraded'
      | 'conflict'
      | 'interrupted';
    readonly message: string;
    /** What to do next. */
    readonly hint: string | null;
    /** The HTTP status of the gateway; 0 for a connection that failed. */
    readonly status: number | null;
    readonly request_id: string | null;
  };
}

interface DoctorReport {
  readonly url: string;
  readonly findings: readonly Finding[];
  /** Checks without a finding. */
  readonly good: readonly string[];
  /** Checks that could not be made: the gateway did not answer, or refused. */
  readonly skipped: readonly string[];
  /** With --billed: what each fallback upstream answered. */
  readonly trials?: readonly FallbackTrial[];
}

interface ChangedAccount {
  readonly account: Account;
  /** What the change does, in words. */
  readonly effect: string;
}

interface AccountFigures {
  readonly id: string;
  readonly name: string;
  readonly requests: number;
  readonly tokens: number;
  readonly cost_usd: number;
  readonly cache_hit_share: number | null;
}

interface Stats<Row> {
  readonly range: AnalyticsRange;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly until: number;
  readonly rows: readonly Row[];
}

type NamedFigures = Figures & { readonly name: string };

interface ClearedLimits {
  readonly user: string;
  readonly cleared: number;
  /** With --dry-run. */
  readonly would_clear?: number;
}

interface PriceCheck {
  readonly date: string;
  readonly notices: Analytics['notices'];
  /** What needs attention, in words. */
  readonly attention: readonly string[];
}

interface Connected {
  readonly path: string;
  readonly changed: boolean;
  /** Lines that begin with + or -; secrets are hidden. */
  readonly difference: readonly string[];
}

interface SavedProfiles {
  readonly current: string | null;
  readonly profiles: readonly {
    readonly name: string;
    readonly url: string;
    readonly has_token: boolean;
    readonly is_current: boolean;
  }[];
}

/**
 * What `--json` prints, by command; docs/command-line.schema.json is made from these types. A field is not removed within a
 * major version. `api` prints the answer of the gateway, `serve` and `run` have no output of their own.
 */
export interface Outputs {
  readonly error: ErrorOutput;
  readonly status: Status;
  readonly doctor: DoctorReport;
  readonly top: { readonly lines: readonly string[] };
  readonly logs: { readonly requests: readonly RequestLine[] };
  /** One per line. */
  readonly 'logs --follow': RequestLine;
  /** One per line. */
  readonly events: OperatorEvent;
  readonly why: RequestDetail;
  readonly explain: DecisionLine;
  readonly 'accounts list': AccountList;
  readonly 'accounts show': Account;
  readonly 'accounts add': AddedAccount;
  readonly 'accounts pause': ChangedAccount;
  readonly 'accounts resume': ChangedAccount;
  readonly 'accounts drain': ChangedAccount;
  readonly 'accounts change': ChangedAccount;
  readonly 'accounts remove': { readonly account: Account; readonly removed: boolean };
  readonly 'accounts probe': AccountProbe;
  readonly 'accounts limits': { readonly accounts: readonly Pick<Account, 'id' | 'name' | 'windows' | 'closures'>[] };
  readonly 'stats accounts': { readonly rows: readonly AccountFigures[] };
  readonly 'keys list': KeyList;
  readonly 'keys show': ClientKey;
  readonly 'keys create': CreatedKey;
  readonly 'keys rotate': CreatedKey;
  readonly 'keys revoke': { readonly id: string; readonly revoked: boolean };
  readonly 'budgets list': BudgetList;
  readonly 'budgets show': Budget;
  readonly 'budgets set': Budget;
  readonly 'budgets override': Budget;
  readonly 'budgets remove': { readonly scope: string; readonly removed: boolean };
  readonly 'budgets explain': {
    readonly user: string;
    readonly budgets: readonly Budget[];
    /** Budgets that are spent, in words. */
    readonly spent: readonly string[];
  };
  readonly 'budgets statement': Statement;
  readonly 'stats daily': Stats<PeriodRow>;
  readonly 'stats hourly': Stats<PeriodRow>;
  readonly 'stats models': Stats<NamedFigures>;
  readonly 'stats upstreams': Stats<NamedFigures>;
  readonly 'stats users': Stats<NamedFigures>;
  readonly 'stats sessions': {
    /** Epoch milliseconds. */
    readonly since: number;
    /** Sessions of the period. */
    readonly total: number;
    /** False if `rows` are not all of them. */
    readonly is_complete: boolean;
    readonly rows: readonly SessionRow[];
  };
  readonly 'teams list': TeamList;
  readonly 'teams set': Team;
  readonly 'teams remove': { readonly name: string; readonly removed: boolean };
  readonly 'users list': UsageOfAll;
  readonly 'users show': UsageOfUser;
  readonly 'limits list': LimitList;
  readonly 'limits clear': ClearedLimits;
  readonly 'fallback status': FallbackState;
  readonly 'fallback off': FallbackState;
  readonly 'fallback on': FallbackState;
  readonly 'drills list': DrillList;
  readonly 'drills start': Drill;
  readonly 'drills stop': { readonly id: string; readonly stopped: boolean };
  readonly 'masking preview': MaskingPreview;
  readonly 'masking rules': MaskingRules;
  readonly 'prices show': PriceReport;
  readonly 'prices check': PriceCheck;
  readonly audit: AuditPage;
  readonly 'config show': { readonly settings: Readonly<Record<string, string>> };
  readonly 'config check': { readonly valid: boolean; readonly faults: readonly string[] };
  readonly connect: Connected;
  readonly env: { readonly variables: Readonly<Record<string, string>> };
  /** `at` is null until the gateway has answered once. */
  readonly statusline: { readonly at: number | null; readonly line: string };
  readonly login: { readonly profile: string; readonly url: string; readonly role: string };
  readonly logout: { readonly profile: string; readonly removed: boolean };
  readonly 'profiles list': SavedProfiles;
  readonly 'profiles use': { readonly current: string | null };
  readonly completion: { readonly shell: string; readonly script: string };
  readonly complete: { readonly words: readonly string[] };
  readonly version: {
    readonly version: string;
    readonly node: string;
    readonly gateway: { readonly url: string; readonly version: string | null };
  };
}
