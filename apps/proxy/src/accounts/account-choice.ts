import type { AccountDecision, AccountVerdict, CredentialDemand } from '@claude-proxy/upstream';
import type { Account } from './account.js';
import type { Closure, Owners } from './account-closures.js';
import type { AccountPlace } from './account-list.js';
import type { Policy } from './move-policy.js';
import { priceOfMove, type WarmPrefix } from './move-price.js';
import { capacityOf, rankedPlaces } from './placement.js';
import type { PoolState } from './pool-state.js';
import type { Home, WalkGround } from './walk-ground.js';

/** English and code have some 4 bytes a token. */
const BYTES_PER_TOKEN = 4;
/** Faults of messages: token counting has limits of its own, and costs nothing. */
const OF_MESSAGES_ALONE = new Set(['cooling', 'slowed', 'capped']);
/** How long the states in a record may be old. */
const STATES_MS = 250;
/** A body without it is the first turn of a conversation, which no workspace has in its cache. */
const LATER_TURN = '"assistant"';

export interface ChoiceRules {
  readonly policy: Policy;
  readonly waitSavesUsd: number;
  readonly maxHops: number;
}

/** Chooses accounts for requests from what the pool knows. */
export class AccountChoice implements WalkGround {
  readonly policy: Policy;
  readonly waitSavesUsd: number;
  readonly maxHops: number;
  /** For requests that go to their home: the same for all of them. */
  private states: { readonly of: string; readonly states: AccountDecision['considered'] } | undefined;
  private sessionless = 0;

  constructor(
    private readonly pool: PoolState,
    { policy, waitSavesUsd, maxHops }: ChoiceRules,
  ) {
    this.policy = policy;
    this.waitSavesUsd = waitSavesUsd;
    this.maxHops = maxHops;
  }

  nowMs(): number {
    return this.pool.nowMs();
  }

  eligible({ request, boundAccount }: CredentialDemand): readonly Account[] {
    const { list } = this.pool;
    const eligible = list.eligibleFor(request.model);
    if (boundAccount === undefined) return eligible;
    const { workspace } = list.ownersOf({ id: boundAccount });
    return eligible.filter((account) => list.ownersOf(account).workspace === workspace);
  }

  ownersOf(account: Account): Owners {
    return this.pool.list.ownersOf(account);
  }

  closureOf(account: Account, { request, group }: CredentialDemand): Closure | undefined {
    const { closures } = this.pool;
    if (closures.isEmpty) return undefined;
    const closure = closures.closureOf(this.ownersOf(account), [group, groupOfModel(request.model)], this.nowMs());
    const isIgnored = request.operation !== 'messages' && closure && OF_MESSAGES_ALONE.has(closure.fault);
    return isIgnored ? undefined : closure;
  }

  reachOf(account: Account, verdict: AccountVerdict, group: string): AccountVerdict['reach'] {
    const isOfWorkspace =
      verdict.fault === 'cooling' && this.pool.workspaceLimits.isLower(this.ownersOf(account), group);
    return isOfWorkspace ? 'workspace' : verdict.reach;
  }

  homeOf(session: string | undefined, demand: CredentialDemand): Home | undefined {
    const { list, sessions } = this.pool;
    const { model } = demand.request;
    if (demand.boundAccount !== undefined) return this.boundHome(demand);
    const bound = session === undefined ? undefined : sessions.find(session, this.nowMs());
    const account = bound && list.withId(bound.accountId);
    if (account && this.eligible(demand).includes(account)) {
      return { account, isBound: true, warm: sessions.warmPrefix(session!, model, this.nowMs()) };
    }
    const place = this.placeFor(session ?? this.nextSessionless(), demand, session !== undefined);
    return place && { account: place.account, isBound: false, warm: undefined };
  }

  private boundHome(demand: CredentialDemand): Home | undefined {
    const members = this.eligible(demand);
    const account = members.find(({ id }) => id === demand.boundAccount) ?? members[0];
    return account && { account, isBound: true, warm: undefined };
  }

  priceOfMove(model: string, warm: WarmPrefix): number | undefined {
    return priceOfMove(this.pool.models, model, warm);
  }

  nextPlace(places: readonly Account[], demand: CredentialDemand): { account: Account; atMs: number } | undefined {
    const nowMs = this.nowMs();
    const need = this.needOf(demand, undefined);
    const rated = places.map((account) => {
      const owner = this.bucketOf(account, demand);
      return {
        account,
        atMs: demand.patienceSeconds > 0 ? this.pool.pace.nextFor(owner, nowMs) : nowMs,
        isFull: this.pool.headRoom.secondsUntilFits(owner, need, nowMs) > 0 ? 1 : 0,
        share: this.pool.headRoom.share(owner, nowMs),
      };
    });
    return rated.sort(
      (a, b) => a.account.priority - b.account.priority || a.isFull - b.isFull || a.atMs - b.atMs || b.share - a.share,
    )[0];
  }

  takePlace(account: Account, demand: CredentialDemand): number {
    const atMs = this.pool.pace.take(this.bucketOf(account, demand), this.nowMs());
    return demand.patienceSeconds > 0 ? atMs : this.nowMs();
  }

  asked(account: Account, session: string | undefined, demand: CredentialDemand): void {
    if (demand.request.operation !== 'messages') return;
    const { sessions, headRoom } = this.pool;
    const nowMs = this.nowMs();
    const warm = session && sessions.warmPrefix(session, demand.request.model, nowMs);
    headRoom.take(this.bucketOf(account, demand), this.needOf(demand, warm || undefined));
    if (session !== undefined) this.bind(session, account, demand, nowMs);
  }

  overloaded(account: Account, { group }: CredentialDemand): void {
    const verdict = { fault: 'overloaded', reach: 'organization', isOfGroup: true, reason: 'overloaded' } as const;
    this.pool.closures.close(this.ownersOf(account), verdict, group, this.nowMs());
  }

  statesFor(demand: CredentialDemand, asked: ReadonlySet<string>): AccountDecision['considered'] {
    const { list, closures } = this.pool;
    const statesNow = () => list.all.map((account) => this.stateFor(account, demand, asked));
    if (asked.size > 0) return statesNow();
    const moment = closures.isEmpty
      ? ''
      : `${demand.group} ${demand.request.model} ${Math.floor(this.nowMs() / STATES_MS)}`;
    const of = `${list.revision} ${closures.revision} ${moment}`;
    if (this.states?.of !== of) this.states = { of, states: statesNow() };
    return this.states.states;
  }

  private stateFor(account: Account, demand: CredentialDemand, asked: ReadonlySet<string>) {
    const { name, operatorState, id } = account;
    if (operatorState !== 'active') return { account: name, state: operatorState };
    const closure = this.closureOf(account, demand);
    if (!closure) return { account: name, state: asked.has(id) ? 'asked' : 'ready' };
    const { fault, reason, untilMs } = closure;
    return { account: name, state: fault, reason, ...(untilMs !== undefined && { untilMs }) };
  }

  /**
   * The place of a session by its hash. A new one passes by an organization that has its share of sessions, or no room
   * for the request. A conversation that this process has not seen may be warm there, so it does not.
   */
  private placeFor(key: string, demand: CredentialDemand, isSession: boolean): AccountPlace | undefined {
    const tier = this.pool.list.tierFor(demand.request.model);
    const ranked = rankedPlaces(tier.places, key);
    const first = ranked[0];
    if (!first || ranked.length === 1 || (isSession && isLaterTurn(demand))) return first;
    if (this.closureOf(first.account, demand)) return first;
    const need = this.needOf(demand, undefined);
    const nowMs = this.nowMs();
    const { sessions, headRoom } = this.pool;
    const hasRoom = ({ organization, account }: AccountPlace) => {
      const weight = tier.weightByOrganization.get(organization)!;
      const capacity = capacityOf(weight, tier.totalWeight, sessions.size);
      return (
        !this.closureOf(account, demand) &&
        sessions.liveOn(organization) < capacity &&
        headRoom.secondsUntilFits(this.bucketOf(account, demand), need, nowMs) === 0
      );
    };
    return ranked.find(hasRoom) ?? ranked.find(({ account }) => this.hasTokens(account, demand)) ?? first;
  }

  private hasTokens(account: Account, demand: CredentialDemand): boolean {
    const need = this.needOf(demand, undefined);
    const fits = this.pool.headRoom.secondsUntilFits(this.bucketOf(account, demand), need, this.nowMs()) === 0;
    return fits && !this.closureOf(account, demand);
  }

  private bind(session: string, account: Account, demand: CredentialDemand, nowMs: number): void {
    const { sessions, list } = this.pool;
    const known = sessions.find(session, nowMs);
    const { organization, workspace } = this.ownersOf(account);
    const before = known && list.withId(known.accountId);
    const isSame = before !== undefined && this.ownersOf(before).workspace === workspace;
    const isEscape = isSame ? known!.isEscape : this.isElsewhere(session, workspace, demand);
    const bound = sessions.bind(
      session,
      { accountId: account.id, organization, isEscape, isSameWorkspace: isSame },
      nowMs,
    );
    if (isEscape) this.pool.escaped(session, bound);
  }

  private isElsewhere(session: string, workspace: string, { request }: CredentialDemand): boolean {
    const first = rankedPlaces(this.pool.list.tierFor(request.model).places, session)[0];
    return first === undefined || this.ownersOf(first.account).workspace !== workspace;
  }

  private needOf({ request }: CredentialDemand, warm: WarmPrefix | undefined) {
    return { inputTokens: Math.max(0, Math.ceil(request.body.length / BYTES_PER_TOKEN) - (warm?.tokens ?? 0)) };
  }

  private bucketOf(account: Account, { group }: CredentialDemand): string {
    return `${this.ownersOf(account).organization}/${group}`;
  }

  /** Requests without a session go round. */
  private nextSessionless(): string {
    this.sessionless = (this.sessionless + 1) >>> 0;
    return this.sessionless.toString(16).padStart(8, '0');
  }
}

/** The group of a closure that concerns one model. */
export function groupOfModel(model: string): string {
  return `model:${model}`;
}

/** Chooses without a trace: for an explanation of what would happen. */
export class DryAccountChoice extends AccountChoice {
  override asked(): void {}

  override takePlace(account: Account, demand: CredentialDemand): number {
    return this.nextPlace([account], demand)!.atMs;
  }
}

function isLaterTurn({ request }: CredentialDemand): boolean {
  return (request.member?.('messages') ?? request.decodedBody ?? request.body).includes(LATER_TURN);
}
