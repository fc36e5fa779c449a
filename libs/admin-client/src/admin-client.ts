import type {
  Account,
  AccountChange,
  AccountList,
  AccountProbe,
  AddedAccount,
  Analytics,
  AnalyticsRange,
  AuditPage,
  Budget,
  BudgetList,
  BudgetOrder,
  BudgetRaise,
  CreatedKey,
  DecisionLine,
  DecisionQuestion,
  Drill,
  DrillList,
  DrillOrder,
  FallbackChange,
  FallbackState,
  FallbackTrials,
  InFlightList,
  KeyList,
  LimitList,
  LiveEvent,
  MaskingPreview,
  MaskingRules,
  Me,
  Money,
  MoneyDimension,
  NewAccount,
  NewKey,
  PriceReport,
  Readiness,
  RequestDetail,
  RequestOrder,
  RequestPage,
  Session,
  SessionDetail,
  SessionOrder,
  SessionPage,
  SettingsReport,
  Statement,
  TaskList,
  Team,
  TeamList,
  UsageOfAll,
  UsageOfUser,
  ValueFilter,
  Verdict,
} from '@claude-proxy/admin-api';
import { type AdminClientOptions, type Call, HttpCall } from './http-call.js';
import { type LiveOptions, liveEvents } from './live-feed.js';

export type { AdminClientOptions, Call };

/** `GET /health/ready` answers 503 with its usual body while the gateway drains or its store is away. */
const NOT_READY = 503;

export interface Paging {
  readonly limit?: number;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** The values of `user`, `model` and so on: `docs/search.md` has their form. */
export interface RequestFilter extends Readonly<Partial<Record<ValueFilter, string>>> {
  readonly q?: string;
  readonly status?: number | string;
  /** Epoch milliseconds, or an ISO date. */
  readonly since?: number | string;
  readonly until?: number | string;
  readonly fallbacks?: boolean;
  readonly errors?: boolean;
  readonly slow_ms?: number;
}

export interface RequestSorting {
  readonly sort?: RequestOrder;
  readonly order?: 'asc' | 'desc';
}

/** Sessions of clients with requests in the last `days`. */
export interface SessionQuestion extends Paging {
  readonly days?: number;
  readonly user?: string;
  /** A part of the session or the user. */
  readonly q?: string;
  readonly sort?: SessionOrder;
}

/** A range that ends now, or `since` and `until`. */
export interface FiguresQuestion extends RequestFilter {
  readonly range?: AnalyticsRange;
  readonly by_user?: boolean;
  /** Whose days are meant: a zone of the IANA database. @default - UTC */
  readonly tz?: string;
}

/** The last `days` in UTC, and what they are split by. */
export interface MoneyQuestion {
  readonly days?: number;
  readonly by?: MoneyDimension;
}

/** A period: `days` up to today, or one `date` as `YYYY-MM-DD`. */
export interface UsageQuestion {
  readonly days?: number;
  readonly date?: string;
  /** `all`, or the name of an upstream. */
  readonly request_type?: string;
  /** Whose days are meant: a zone of the IANA database. @default - UTC */
  readonly tz?: string;
}

/**
 * The admin API of one gateway. Each method throws an `AdminApiError`, and the reason of its signal if that aborts.
 */
export class AdminClient {
  private readonly call: HttpCall;

  constructor(options: AdminClientOptions) {
    this.call = new HttpCall(options);
  }

  readiness(signal?: AbortSignal): Promise<Readiness> {
    return this.call.json('health/ready', { signal, acceptedStatus: NOT_READY });
  }

  analytics(
    range: AnalyticsRange,
    { byUser = false, tz }: { readonly byUser?: boolean; readonly tz?: string } = {},
    signal?: AbortSignal,
  ): Promise<Analytics> {
    return this.figures({ range, by_user: byUser, ...(tz !== undefined && { tz }) }, signal);
  }

  /** Figures of any time and filter. */
  figures(question: FiguresQuestion, signal?: AbortSignal): Promise<Analytics> {
    return this.call.json('api/analytics', { query: { ...question }, signal });
  }

  /** How the gateway is, in one sentence. */
  verdict(signal?: AbortSignal): Promise<Verdict> {
    return this.call.json('api/verdict', { signal });
  }

  /** The processes of the deployment. */
  tasks(signal?: AbortSignal): Promise<TaskList> {
    return this.call.json('api/tasks', { signal });
  }

  /** Of the task that answers. */
  inFlight(signal?: AbortSignal): Promise<InFlightList> {
    return this.call.json('api/in-flight', { signal });
  }

  clientSessions(question: SessionQuestion = {}, signal?: AbortSignal): Promise<SessionPage> {
    return this.call.json('api/sessions', { query: { ...question }, signal });
  }

  clientSession(id: string, { user }: { readonly user?: string } = {}, signal?: AbortSignal): Promise<SessionDetail> {
    return this.call.json(`api/sessions/${encodeURIComponent(id)}`, { query: { ...(user && { user }) }, signal });
  }

  limits(signal?: AbortSignal): Promise<LimitList> {
    return this.call.json('api/limits', { signal });
  }

  clearLimit(user: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/limits/${encodeURIComponent(user)}`, { method: 'DELETE', signal });
  }

  accounts(signal?: AbortSignal): Promise<AccountList> {
    return this.call.json('api/accounts', { signal });
  }

  /** As the store has them: another task may have changed one in the last seconds. */
  freshAccounts(signal?: AbortSignal): Promise<AccountList> {
    return this.call.json('api/accounts', { query: { fresh: true }, signal });
  }

  addAccount(account: NewAccount, signal?: AbortSignal): Promise<AddedAccount> {
    return this.call.json('api/accounts', { method: 'POST', body: account, signal });
  }

  changeAccount(id: string, change: AccountChange, signal?: AbortSignal): Promise<Account> {
    return this.call.json(`api/accounts/${encodeURIComponent(id)}`, { method: 'PATCH', body: change, signal });
  }

  /** @param ifRevision refused with 409 if another operator has changed the account since */
  removeAccount(id: string, ifRevision?: number, signal?: AbortSignal): Promise<void> {
    const query = { if_revision: ifRevision };
    return this.call.json(`api/accounts/${encodeURIComponent(id)}`, { method: 'DELETE', query, signal });
  }

  probeAccount(id: string, signal?: AbortSignal): Promise<AccountProbe> {
    return this.call.json(`api/accounts/${encodeURIComponent(id)}/probe`, { method: 'POST', body: {}, signal });
  }

  maskingRules(signal?: AbortSignal): Promise<MaskingRules> {
    return this.call.json('api/masking/rules', { signal });
  }

  /** What would be masked in a text. The gateway keeps nothing of it. */
  previewMasking(text: string, signal?: AbortSignal): Promise<MaskingPreview> {
    return this.call.json('api/masking/preview', { method: 'POST', body: { text }, signal });
  }

  drills(signal?: AbortSignal): Promise<DrillList> {
    return this.call.json('api/drills', { signal });
  }

  startDrill(order: DrillOrder, signal?: AbortSignal): Promise<Drill> {
    return this.call.json('api/drills', { method: 'POST', body: order, signal });
  }

  stopDrill(id: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/drills/${encodeURIComponent(id)}`, { method: 'DELETE', signal });
  }

  fallback(signal?: AbortSignal): Promise<FallbackState> {
    return this.call.json('api/fallback', { signal });
  }

  /** Turns fallback on or off in all tasks, within seconds. */
  changeFallback(change: FallbackChange, signal?: AbortSignal): Promise<FallbackState> {
    return this.call.json('api/fallback', { method: 'PUT', body: change, signal });
  }

  /** Asks every fallback upstream for one short answer of this model, which is paid for. */
  tryFallback(model: string, signal?: AbortSignal): Promise<FallbackTrials> {
    return this.call.json('api/fallback/probe', { method: 'POST', body: { model }, signal });
  }

  requests(query: RequestFilter & RequestSorting & Paging = {}, signal?: AbortSignal): Promise<RequestPage> {
    return this.call.json('api/requests', { query: { ...query }, signal });
  }

  request(id: string, signal?: AbortSignal): Promise<RequestDetail> {
    return this.call.json(`api/requests/${encodeURIComponent(id)}`, { signal });
  }

  usage(question: UsageQuestion = {}, signal?: AbortSignal): Promise<UsageOfAll> {
    return this.call.json('v1/usage', { query: { ...question }, signal });
  }

  usageOf(user: string, question: UsageQuestion = {}, signal?: AbortSignal): Promise<UsageOfUser> {
    return this.call.json('v1/usage/me', { query: { 'claude-code-user': user, ...question }, signal });
  }

  audit(paging: Paging = {}, signal?: AbortSignal): Promise<AuditPage> {
    return this.call.json('api/audit', { query: { ...paging }, signal });
  }

  settings(signal?: AbortSignal): Promise<SettingsReport> {
    return this.call.json('api/settings', { signal });
  }

  money(question: MoneyQuestion = {}, signal?: AbortSignal): Promise<Money> {
    return this.call.json('api/money', { query: { ...question }, signal });
  }

  prices(signal?: AbortSignal): Promise<PriceReport> {
    return this.call.json('api/prices', { signal });
  }

  keys(signal?: AbortSignal): Promise<KeyList> {
    return this.call.json('api/keys', { signal });
  }

  /** The only answer with the text of the key. */
  createKey(key: NewKey, signal?: AbortSignal): Promise<CreatedKey> {
    return this.call.json('api/keys', { method: 'POST', body: key, signal });
  }

  rotateKey(id: string, overlapSeconds: number, signal?: AbortSignal): Promise<CreatedKey> {
    const body = { overlap_seconds: overlapSeconds };
    return this.call.json(`api/keys/${encodeURIComponent(id)}/rotate`, { method: 'POST', body, signal });
  }

  revokeKey(id: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/keys/${encodeURIComponent(id)}`, { method: 'DELETE', signal });
  }

  /** Those that hold for the caller, if it is a user. */
  budgets(signal?: AbortSignal): Promise<BudgetList> {
    return this.call.json('api/budgets', { signal });
  }

  setBudget(scope: string, order: BudgetOrder, signal?: AbortSignal): Promise<Budget> {
    return this.call.json(`api/budgets/${encodeURIComponent(scope)}`, { method: 'PUT', body: order, signal });
  }

  budget(scope: string, signal?: AbortSignal): Promise<Budget> {
    return this.call.json(`api/budgets/${encodeURIComponent(scope)}`, { signal });
  }

  raiseBudget(scope: string, raise: BudgetRaise, signal?: AbortSignal): Promise<Budget> {
    return this.call.json(`api/budgets/${encodeURIComponent(scope)}/raise`, { method: 'POST', body: raise, signal });
  }

  removeBudget(scope: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/budgets/${encodeURIComponent(scope)}`, { method: 'DELETE', signal });
  }

  me(signal?: AbortSignal): Promise<Me> {
    return this.call.json('api/me', { signal });
  }

  teams(signal?: AbortSignal): Promise<TeamList> {
    return this.call.json('api/teams', { signal });
  }

  /** Creates a team, or replaces its users. */
  setTeam({ name, users }: Team, signal?: AbortSignal): Promise<Team> {
    return this.call.json(`api/teams/${encodeURIComponent(name)}`, { method: 'PUT', body: { users }, signal });
  }

  removeTeam(name: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/teams/${encodeURIComponent(name)}`, { method: 'DELETE', signal });
  }

  /** What each user, team and key has spent. @param month `YYYY-MM`; undefined for the present one */
  statement(month?: string, signal?: AbortSignal): Promise<Statement> {
    return this.call.json('api/budgets/statement', { query: { month }, signal });
  }

  /** The same for a spreadsheet. */
  statementCsv(month?: string, signal?: AbortSignal): Promise<string> {
    return this.call.text('api/budgets/statement', { query: { month, format: 'csv' }, signal });
  }

  /** For people who have signed in at the load balancer. The only answer with the text of the key. */
  createOwnKey(name: string, signal?: AbortSignal): Promise<CreatedKey> {
    return this.call.json('api/me/keys', { method: 'POST', body: { name }, signal });
  }

  revokeOwnKey(id: string, signal?: AbortSignal): Promise<void> {
    return this.call.json(`api/me/keys/${encodeURIComponent(id)}`, { method: 'DELETE', signal });
  }

  /** What the pool would do with such a request now. */
  explainDecision(question: DecisionQuestion, signal?: AbortSignal): Promise<DecisionLine> {
    return this.call.json('api/decisions/explain', { method: 'POST', body: question, signal });
  }

  session(signal?: AbortSignal): Promise<Session> {
    return this.call.json('api/session', { signal, isSignIn: true });
  }

  /** Begins a session of a browser by the admin token, or by the code of a sign-in link. */
  signIn(token: string): Promise<void> {
    return this.call.json('api/session', { method: 'POST', body: { token }, isSignIn: true });
  }

  signOut(): Promise<void> {
    return this.call.json('api/session', { method: 'DELETE', isSignIn: true });
  }

  /**
   * Any endpoint, for what has no method here.
   *
   * @param path without the address: `api/limits`
   */
  send<T>(path: string, call: Call = {}): Promise<T> {
    return this.call.json(path.replace(/^\/+/, ''), call);
  }

  /**
   * Events as they happen. Connects again after a pause if the connection breaks or the process drains, and ends when the
   * signal aborts.
   *
   * @throws AdminApiError if the gateway refuses the caller, because the next try would be refused as well
   */
  live(options: LiveOptions): AsyncGenerator<LiveEvent, void> {
    return liveEvents((signal) => this.call.stream('api/live', signal), options);
  }
}
