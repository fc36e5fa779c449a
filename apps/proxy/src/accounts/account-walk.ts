import { errorBody } from '@claude-proxy/messages-api';
import {
  type AccountDecision,
  type AccountVerdict,
  bodyOfBytes,
  type CredentialDemand,
  type CredentialWalk,
  headersWhere,
  UpstreamError,
  type WalkStep,
} from '@claude-proxy/upstream';
import type { Account } from './account.js';
import type { Closure } from './account-closures.js';
import { decisionOf } from './account-decision.js';
import { stepWhenClosed } from './move-policy.js';
import type { Home, WalkGround } from './walk-ground.js';

/** Waits after an overloaded answer, before the same account is asked again. */
const OVERLOADED_PAUSES_SECONDS = [0.5, 1];
/** Two clocks and the rounding of `retry-after`. */
const MARGIN_MS = 20;

/** One request and the accounts that it is sent with, one after the other. */
export class AccountWalk implements CredentialWalk {
  private readonly home: Home | undefined;
  /** In any state but paused. */
  private readonly eligible: readonly Account[];
  private readonly triedKeys = new Set<string>();
  private readonly closedOwners = new Set<string>();
  private current: Account | undefined;
  private again: { readonly account: Account; readonly atMs: number } | undefined;
  private reserved: { readonly account: Account; readonly atMs: number } | undefined;
  private overloads = 0;
  private hops = -1;
  private hasWaitedForHome = false;
  private isOver = false;
  private hasAnswered = false;
  private waitedSeconds = 0;
  private first: UpstreamError | undefined;
  /** The request itself is at fault, or the client has left. */
  private final: UpstreamError | undefined;

  constructor(
    private readonly ground: WalkGround,
    private readonly demand: CredentialDemand,
    private readonly session: string | undefined,
    private readonly onDecision: (decision: AccountDecision) => void = () => {},
  ) {
    this.eligible = ground.eligible(demand);
    this.home = ground.homeOf(session, demand);
  }

  get closedSeconds(): number | undefined {
    if (this.eligible.some((account) => !this.ground.closureOf(account, this.demand))) return undefined;
    const closure = this.home && this.ground.closureOf(this.home.account, this.demand);
    if (closure && this.stepFor(closure, this.demand.hasFallback) === 'wait') return undefined;
    return this.soonestSeconds() ?? Number.MAX_SAFE_INTEGER;
  }

  next(): WalkStep | undefined {
    if (this.isOver) return undefined;
    const { again } = this;
    if (again) return this.waitUntil(again.atMs) ?? this.ask(again.account);
    const account = this.keyOfHome();
    if (account) return this.ask(account);
    if (this.hops >= this.ground.maxHops) return undefined;
    const others = this.others();
    return this.waitForHome(others.length > 0) ?? this.move(others);
  }

  answered(): void {
    this.hasAnswered = true;
    this.isOver = true;
  }

  failed(error: UpstreamError): void {
    this.first ??= error;
    const account = this.current!;
    const verdict = error.account;
    if (error.failure === 'overloaded') this.afterOverload(account);
    else if (verdict) this.exclude(account, verdict);
    else {
      this.isOver = true;
      if (error.failure === 'rejected' || error.failure === 'aborted') this.final = error;
    }
  }

  private exclude(account: Account, verdict: AccountVerdict): void {
    this.triedKeys.add(account.id);
    const reach = this.ground.reachOf(account, verdict, this.demand.group);
    if (reach !== 'key') this.closedOwners.add(this.ground.ownersOf(account)[reach]);
  }

  refusal(): UpstreamError {
    const { first } = this;
    if (this.final) return this.final;
    const seconds = this.soonestSeconds();
    if (!first) return this.nothingAsked(seconds);
    // Without an account's fault the refusal stays what it is: unreachable, or overloaded.
    if (!first.account) return first;
    return new UpstreamError({
      failure: 'rate_limited',
      message: first.message,
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
      isWorthWaiting: first.isWorthWaiting,
      ...(first.answer && { answer: withRetryAfter(first.answer, seconds) }),
      cause: first,
    });
  }

  decide(): AccountDecision {
    const { home, current, waitedSeconds, hasWaitedForHome, first, ground, demand } = this;
    const decision = decisionOf({
      home,
      account: current,
      hasAnswered: this.hasAnswered,
      hasWaitedForHome,
      waitedSeconds,
      isSameWorkspace: home && current && this.isInHome(current),
      closure: home && ground.closureOf(home.account, demand),
      firstReason: first?.message,
      moveUsd: home?.warm && ground.priceOfMove(demand.request.model, home.warm),
      considered: ground.statesFor(demand, this.triedKeys),
    });
    this.onDecision(decision);
    return decision;
  }

  private get isOfMessages(): boolean {
    return this.demand.request.operation === 'messages';
  }

  private ask(account: Account): WalkStep {
    if (this.current === undefined || !this.isInSameOrganization(this.current, account)) this.hops += 1;
    this.again = undefined;
    this.reserved = undefined;
    this.current = account;
    this.ground.asked(account, this.session, this.demand);
    return { act: 'ask', credential: account.credential };
  }

  /** A key of the workspace that is warm for the session: its own first. */
  private keyOfHome(): Account | undefined {
    const { home } = this;
    if (!home) return undefined;
    const { account } = home;
    if (!this.isTried(account) && !this.ground.closureOf(account, this.demand)) return account;
    return this.open().find((each) => this.isInHome(each));
  }

  private others(): readonly Account[] {
    return this.open().filter(
      (account) => account.operatorState === 'active' && !this.isInHome(account) && !this.isTried(account),
    );
  }

  private open(): readonly Account[] {
    return this.eligible.filter((account) => !this.isTried(account) && !this.ground.closureOf(account, this.demand));
  }

  private waitForHome(canMove: boolean): WalkStep | undefined {
    const { home } = this;
    if (!home || this.hasWaitedForHome || !this.isOfMessages) return undefined;
    const closure = this.ground.closureOf(home.account, this.demand);
    if (!closure || this.stepFor(closure, canMove || this.demand.hasFallback) === 'move') return undefined;
    this.hasWaitedForHome = true;
    const { organization, workspace } = this.ground.ownersOf(home.account);
    for (const owner of [organization, workspace]) this.closedOwners.delete(owner);
    this.triedKeys.delete(home.account.id);
    this.again = { account: home.account, atMs: closure.untilMs! + MARGIN_MS };
    return this.waitUntil(this.again.atMs) ?? this.ask(home.account);
  }

  private stepFor({ untilMs, fault }: Closure, canMove: boolean): 'wait' | 'move' {
    const { ground, home, demand } = this;
    return stepWhenClosed({
      policy: ground.policy,
      seconds: untilMs === undefined ? undefined : (untilMs - ground.nowMs()) / 1_000,
      secondsLeft: this.secondsLeft,
      isBurst: fault === 'slowed',
      canMove,
      moveUsd: home?.warm && ground.priceOfMove(demand.request.model, home.warm),
      waitSavesUsd: ground.waitSavesUsd,
    });
  }

  private move(others: readonly Account[]): WalkStep | undefined {
    const { reserved } = this;
    if (reserved && others.includes(reserved.account)) {
      return this.waitUntil(reserved.atMs) ?? this.ask(reserved.account);
    }
    // Token counting costs nothing and has limits of its own.
    if (!this.isOfMessages) return others[0] && this.ask(others[0]);
    const place = this.ground.nextPlace(others, this.demand);
    if (!place || (place.atMs - this.ground.nowMs()) / 1_000 > this.secondsLeft) return undefined;
    this.reserved = { account: place.account, atMs: this.ground.takePlace(place.account, this.demand) };
    return this.waitUntil(this.reserved.atMs) ?? this.ask(place.account);
  }

  private afterOverload(account: Account): void {
    this.ground.overloaded(account, this.demand);
    const pause = OVERLOADED_PAUSES_SECONDS[this.overloads];
    this.overloads += 1;
    if (pause !== undefined && pause <= this.secondsLeft) {
      this.again = { account, atMs: this.ground.nowMs() + pause * 1_000 };
      return;
    }
    // Another organization seldom helps, so a fallback upstream is better. Without one it is the last chance.
    if (this.demand.hasFallback || this.overloads > OVERLOADED_PAUSES_SECONDS.length + 1) this.isOver = true;
    this.triedKeys.add(account.id);
    this.closedOwners.add(this.ground.ownersOf(account).organization);
  }

  private waitUntil(atMs: number): WalkStep | undefined {
    const seconds = (atMs - this.ground.nowMs()) / 1_000;
    if (seconds <= 0) return undefined;
    this.waitedSeconds += seconds;
    return { act: 'wait', seconds };
  }

  private get secondsLeft(): number {
    return this.demand.patienceSeconds - this.waitedSeconds;
  }

  private soonestSeconds(): number | undefined {
    const { ground, demand } = this;
    const ends = this.eligible.flatMap((account) => ground.closureOf(account, demand)?.untilMs ?? []);
    const first = Math.min(...ends);
    return Number.isFinite(first) ? Math.max(1, Math.ceil((first - ground.nowMs()) / 1_000)) : undefined;
  }

  private nothingAsked(seconds: number | undefined): UpstreamError {
    if (this.demand.boundAccount !== undefined) return errorOfBoundObjects();
    const states = this.ground.statesFor(this.demand, this.triedKeys);
    const named = states
      .slice(0, 10)
      .map(({ account, state, reason }) => `${account} ${state}${reason ? ` (${reason})` : ''}`);
    return new UpstreamError({
      failure: seconds === undefined ? 'unreachable' : 'rate_limited',
      message: `no account can serve this request: ${named.join(', ') || 'the pool has none for this model'}`,
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
      wasAsked: false,
    });
  }

  private isTried(account: Account): boolean {
    const { organization, workspace } = this.ground.ownersOf(account);
    return this.triedKeys.has(account.id) || this.closedOwners.has(organization) || this.closedOwners.has(workspace);
  }

  private isInHome(account: Account): boolean {
    const { home, ground } = this;
    return home !== undefined && ground.ownersOf(account).workspace === ground.ownersOf(home.account).workspace;
  }

  private isInSameOrganization(one: Account, other: Account): boolean {
    return this.ground.ownersOf(one).organization === this.ground.ownersOf(other).organization;
  }
}

/** Another account would not find them, and Bedrock does not have them. */
function errorOfBoundObjects(): UpstreamError {
  const message =
    'The request names files or skills that belong to the workspace of an account that cannot be used now. Try again later, or upload them again.';
  return new UpstreamError({
    failure: 'rejected',
    message: 'the workspace of the objects that the request names cannot be used now',
    isForCaller: true,
    wasAsked: false,
    answer: {
      status: 409,
      headers: ['content-type', 'application/json', 'x-should-retry', 'false'],
      body: bodyOfBytes(JSON.stringify(errorBody('conflict_error', message))),
    },
  });
}

function withRetryAfter(answer: NonNullable<UpstreamError['answer']>, seconds: number | undefined) {
  if (seconds === undefined) return answer;
  const kept = headersWhere(answer.headers, (name) => name !== 'retry-after' && name !== 'retry-after-ms');
  return { ...answer, headers: [...kept, 'retry-after', String(seconds)] };
}
