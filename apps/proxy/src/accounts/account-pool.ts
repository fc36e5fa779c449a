import { ClaudeModels } from '@claude-proxy/claude-models';
import type {
  AccountDecision,
  AccountNews,
  Credential,
  CredentialDemand,
  CredentialSource,
  CredentialWalk,
} from '@claude-proxy/upstream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import type { Account } from './account.js';
import { AccountChoice, groupOfModel, type PoolState } from './account-choice.js';
import { AccountClosures } from './account-closures.js';
import { AccountList } from './account-list.js';
import { AccountSessions, type BoundSession } from './account-sessions.js';
import { AccountWalk } from './account-walk.js';
import { type AccountsConfig, accountsSection } from './accounts.config.js';
import { HeadRoom } from './head-room.js';
import { MovePace } from './move-pace.js';
import { sessionKeyOf } from './session-key.js';
import { WorkspaceLimits } from './workspace-limits.js';

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
  private sessionSecret = '';

  constructor(
    readonly models: ClaudeModels,
    private readonly operators: OperatorCredentials,
    private readonly feed: ExchangeFeed,
    @Inject(accountsSection.token) config: AccountsConfig,
  ) {
    this.sessions = new AccountSessions(config.sessionTimeoutSeconds * 1_000);
    this.choice = new AccountChoice(this, config);
  }

  onModuleInit(): void {
    this.operators.provide(this);
    this.feed.onFinished((exchange) => this.noteFinished(exchange));
  }

  get credential(): Credential | undefined {
    const usable = this.list.all.filter(({ operatorState }) => operatorState !== 'paused');
    const nowMs = this.nowMs();
    const open = usable.find((account) => !this.closures.closureOf(this.list.ownersOf(account), [], nowMs));
    return (open ?? usable[0])?.credential;
  }

  /** @param secret the same in all tasks: it makes the hashes of sessions, which place them */
  start(accounts: readonly Account[], secret: string): void {
    this.sessionSecret = secret;
    this.list.replace(accounts);
  }

  walk(demand: CredentialDemand): CredentialWalk | undefined {
    const { all } = this.list;
    if (all.length === 0 || (all.length === 1 && all[0]!.operatorState === 'active')) return undefined;
    const session = sessionKeyOf(demand.request, demand.session, this.sessionSecret);
    const walk = new AccountWalk(this.choice, demand, session, (decision) => {
      if (session !== undefined) this.sessionOf.set(decision, session);
    });
    return walk;
  }

  nameOf(credential: Credential): string | undefined {
    return this.list.of(credential)?.name;
  }

  learn(credential: Credential, news: AccountNews): void {
    const account = this.list.of(credential);
    if (!account) return;
    const nowMs = this.nowMs();
    const renamed = this.list.learn(account, news);
    if (renamed) this.closures.rename(renamed.before, renamed.after);
    const owners = this.list.ownersOf(account);
    const { group = '', model = '', windows, verdict } = news;
    this.workspaceLimits.learn(owners, group, windows);
    this.headRoom.learn(`${owners.organization}/${group}`, windows, nowMs);
    if (!verdict) return;
    this.closures.prune(nowMs);
    const closed = verdict.fault === 'not_entitled' ? groupOfModel(model) : group;
    const reach = this.choice.reachOf(account, verdict, group);
    this.closures.close(owners, { ...verdict, reach }, closed, nowMs);
    this.feed.changed('accounts');
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

  escaped(_key: string, _session: BoundSession): void {}

  private noteFinished({ accountDecision, usage, model }: FinishedExchange): void {
    const session = accountDecision && this.sessionOf.get(accountDecision);
    if (session === undefined || !usage || model === undefined) return;
    const { cache_creation_input_tokens: written, cache_read_input_tokens: read, cache_creation: creation } = usage;
    const tokens = (written ?? 0) + (read ?? 0);
    const ttl = (creation?.ephemeral_1h_input_tokens ?? 0) > 0 ? '1h' : '5m';
    this.sessions.warmed(session, model, { tokens, ttl }, this.nowMs());
  }
}
