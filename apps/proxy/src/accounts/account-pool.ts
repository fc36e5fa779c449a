import { ClaudeModels } from '@claude-proxy/claude-models';
import type {
  AccountDecision,
  AccountNews,
  Credential,
  CredentialDemand,
  CredentialSource,
  CredentialWalk,
  ObjectCredential,
  UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type AccountCounts, CredentialStates } from '../exchange/credential-states.js';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import type { Account } from './account.js';
import { AccountChoice, DryAccountChoice, groupOfModel } from './account-choice.js';
import { AccountClosures, type Owners } from './account-closures.js';
import { accountEventOf } from './account-event.js';
import { AccountList } from './account-list.js';
import { AccountSessions, type BoundSession } from './account-sessions.js';
import { type AccountSummary, summaryOf } from './account-summary.js';
import { AccountWalk } from './account-walk.js';
import { type AccountsConfig, accountsSection } from './accounts.config.js';
import { HeadRoom } from './head-room.js';
import { MovePace } from './move-pace.js';
import { objectCredentialOf } from './object-credential.js';
import type { PoolState } from './pool-state.js';
import { objectSessionOf, sessionKeyOf } from './session-key.js';
import { WorkspaceLimits } from './workspace-limits.js';

const LIMITED = new Set(['cooling', 'slowed', 'capped']);
/** Names of models come from clients. */
const MAX_MODELS = 1_000;

/** What the answers to a key have named. */
export interface AccountOwners {
  readonly id: string;
  readonly organization?: string;
  readonly workspace?: string;
}

interface Question {
  readonly model: string;
  readonly user: string;
  readonly session: string | undefined;
}

type EscapeListener = (session: string, bound: BoundSession) => void;
type OwnersListener = (owners: AccountOwners) => void;

/** The accounts of the operator, and what is known about them. Nothing here waits or reads a store. */
@Injectable()
export class AccountPool implements CredentialSource, PoolState, OnModuleInit {
  readonly list = new AccountList();
  readonly closures = new AccountClosures();
  readonly sessions: AccountSessions;
  readonly headRoom = new HeadRoom();
  readonly pace = new MovePace();
  readonly workspaceLimits = new WorkspaceLimits();
  private readonly choice: AccountChoice;
  private readonly sessionOf = new WeakMap<AccountDecision, string>();
  private readonly groupByModel = new Map<string, string>();
  private sessionSecret = '';
  private escapeListener: EscapeListener = () => {};
  private ownersListener: OwnersListener = () => {};

  constructor(
    readonly models: ClaudeModels,
    private readonly operators: OperatorCredentials,
    private readonly feed: ExchangeFeed,
    private readonly states: CredentialStates,
    private readonly events: OperatorEvents,
    @Inject(accountsSection.token) private readonly config: AccountsConfig,
  ) {
    this.sessions = new AccountSessions(config.sessionTimeoutSeconds * 1_000);
    this.choice = new AccountChoice(this, config);
  }

  onModuleInit(): void {
    this.operators.provide(this);
    this.states.countFrom(() => this.counts());
    this.feed.onFinished((exchange) => this.noteFinished(exchange));
  }

  get credential(): Credential | undefined {
    const usable = this.list.all.filter(({ operatorState }) => operatorState !== 'paused');
    const nowMs = this.nowMs();
    const open = usable.find((account) => !this.closures.closureOf(this.list.ownersOf(account), [], nowMs));
    return (open ?? usable[0])?.credential;
  }

  get pausedReason(): string | undefined {
    const { all } = this.list;
    if (all.length === 0 || all.some(({ operatorState }) => operatorState !== 'paused')) return undefined;
    return all.length === 1 ? `the account ${all[0]!.name} is paused` : `all ${all.length} accounts are paused`;
  }

  /** @param secret the same in all tasks: it makes the hashes of sessions, which place them */
  start(accounts: readonly Account[], secret: string): void {
    this.sessionSecret = secret;
    this.list.replace(accounts);
  }

  walk(demand: CredentialDemand): CredentialWalk | undefined {
    if (!this.hasChoice) return undefined;
    const session = sessionKeyOf(demand.request, demand.session, this.sessionSecret);
    const walk = new AccountWalk(this.choice, demand, session, (decision) => {
      if (session !== undefined) this.sessionOf.set(decision, session);
    });
    return walk;
  }

  /** What would happen to a request of this session now; undefined without a choice. */
  explain({ model, user, session }: Question): AccountDecision | undefined {
    if (!this.hasChoice) return undefined;
    const request: UpstreamRequest = {
      ...{ operation: 'messages', path: '/v1/messages', headers: [], body: Buffer.alloc(0), model, user },
      ...{ isStream: false, json: () => ({}) },
    };
    const group = this.groupByModel.get(model) ?? model;
    const demand: CredentialDemand = { request, group, patienceSeconds: 0, hasFallback: false };
    const key = session === undefined ? undefined : sessionKeyOf(request, session, this.sessionSecret);
    const walk = new AccountWalk(new DryAccountChoice(this, this.config), demand, key);
    if (walk.next()?.act === 'ask') walk.answered();
    return walk.decide();
  }

  summaries(): AccountSummary[] {
    return this.list.all.map((account) => summaryOf(account, this));
  }

  objectCredential(user: string, accountId: string | undefined): ObjectCredential | undefined {
    return this.hasChoice ? objectCredentialOf(this, objectSessionOf(user, this.sessionSecret), accountId) : undefined;
  }

  idOf(credential: Credential): string | undefined {
    return this.list.of(credential)?.id;
  }

  isSameWorkspace(accountIds: readonly string[]): boolean {
    const owners = accountIds.map((id) => this.list.ownersOf({ id }).workspace);
    return new Set(owners).size === 1;
  }

  nameOf(credential: Credential): string | undefined {
    return this.list.of(credential)?.name;
  }

  learn(credential: Credential, news: AccountNews): void {
    const account = this.list.of(credential);
    if (!account) return;
    const nowMs = this.nowMs();
    const renamed = this.list.learn(account, news);
    if (renamed) {
      this.closures.rename(renamed.before, renamed.after);
      this.ownersListener({ id: account.id, ...idsOf(renamed.after, account.id) });
    }
    const owners = this.list.ownersOf(account);
    const { group = '', model = '', windows, verdict } = news;
    if (model !== '') this.noteGroup(model, group);
    this.workspaceLimits.learn(owners, group, windows);
    this.headRoom.learn(`${owners.organization}/${group}`, windows, nowMs);
    if (!verdict) return;
    this.closures.prune(nowMs);
    const closed = verdict.fault === 'not_entitled' ? groupOfModel(model) : group;
    const reach = this.choice.reachOf(account, verdict, group);
    this.closures.close(owners, { ...verdict, reach }, closed, nowMs);
    this.feed.changed('accounts');
    const event = accountEventOf(account, verdict, nowMs);
    if (event) this.events.report(event);
  }

  /** An operator or a probe has found this key to be good. */
  reopen(account: Account): void {
    if (this.closures.isEmpty) return;
    this.closures.clear(this.list.ownersOf(account));
    this.feed.changed('accounts');
  }

  nowMs(): number {
    return Date.now();
  }

  /** Called for a session that is not where its hash places it, at most once in half of its life. */
  onEscape(listener: EscapeListener): void {
    this.escapeListener = listener;
  }

  onOwners(listener: OwnersListener): void {
    this.ownersListener = listener;
  }

  /** The accounts have changed, or another task has learned their owners. Requests under way are not affected. */
  replace(accounts: readonly Account[], owners: readonly AccountOwners[]): void {
    for (const { id, ...named } of owners) this.list.learn({ id }, named);
    this.list.replace(accounts);
    this.feed.changed('accounts');
  }

  /** A session of another task, or of this one before its restart. */
  adoptEscape(session: string, accountId: string, untilMs: number): void {
    const account = this.list.withId(accountId);
    if (!account) return;
    const { organization } = this.list.ownersOf(account);
    this.sessions.adopt(session, { accountId, organization }, untilMs, this.nowMs());
  }

  escaped(key: string, session: BoundSession): void {
    const half = (session.untilMs - this.nowMs()) / 2;
    if (session.sharedUntilMs >= session.untilMs - half) return;
    session.sharedUntilMs = session.untilMs;
    this.escapeListener(key, session);
  }

  private noteGroup(model: string, group: string): void {
    if (this.groupByModel.get(model) === group) return;
    this.groupByModel.set(model, group);
    if (this.groupByModel.size > MAX_MODELS) this.groupByModel.delete(this.groupByModel.keys().next().value!);
  }

  /** In ccflare's words. Undefined without accounts: callers' own credentials are counted then. */
  private counts(): AccountCounts | undefined {
    if (this.list.all.length === 0) return undefined;
    const states = this.summaries().map(({ state }) => state);
    return {
      active_accounts: states.filter((state) => state === 'ready' || state === 'overloaded').length,
      rate_limited_accounts: states.filter((state) => LIMITED.has(state)).length,
    };
  }

  /** One active account needs no choice. */
  private get hasChoice(): boolean {
    const { all } = this.list;
    return all.length > 1 || (all.length === 1 && all[0]!.operatorState !== 'active');
  }

  private noteFinished({ accountDecision, usage, model }: FinishedExchange): void {
    const session = accountDecision && this.sessionOf.get(accountDecision);
    if (session === undefined || !usage || model === undefined) return;
    const { cache_creation_input_tokens: written, cache_read_input_tokens: read, cache_creation: creation } = usage;
    const tokens = (written ?? 0) + (read ?? 0);
    const ttl = (creation?.ephemeral_1h_input_tokens ?? 0) > 0 ? '1h' : '5m';
    const bound = this.sessions.warmed(session, model, { tokens, ttl }, this.nowMs());
    if (bound?.isEscape) this.escaped(session, bound);
  }
}

/** Without the prefixes, and without the account itself in the place of an owner. */
function idsOf({ organization, workspace }: Owners, id: string): Omit<AccountOwners, 'id'> {
  const idIn = (owner: string) => owner.slice(owner.indexOf(':') + 1);
  return {
    ...(idIn(organization) !== id && { organization: idIn(organization) }),
    ...(idIn(workspace) !== id && { workspace: idIn(workspace) }),
  };
}
