import {
  type Credential,
  type CredentialWalk,
  type Failure,
  headersWhere,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { withFallbackReason } from '../exchange/fallback-header.js';
import { DrilledChain } from './drills/drilled-chain.js';
import { type RouteOptions, SimulatedLimit } from './drills/drilled-upstream.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { FallbackSwitch } from './fallback.switch.js';
import { clientDisconnected, type FailedUpstream, finalAnswer } from './final-answer.js';
import type { HoldTerms } from './held-stream.js';
import { KnownCallers } from './known-callers.service.js';
import { LimitStore } from './limit.store.js';
import { nextStep } from './next-step.js';
import { OperatorAccounts } from './operator-accounts.js';
import { RouteState } from './route-state.js';
import { sendUntilContent } from './send-until-content.js';
import { UpstreamLoad } from './upstream.load.js';
import type { NamedUpstream } from './upstream.registry.js';
import { asUpstreamError, refusalOf } from './upstream-refusal.js';
import { closedPoolWindow, waited, walkCredentials } from './walk-credentials.js';

/** Asks one upstream after the other until one has answered. */
@Injectable()
export class FallbackRouter {
  private readonly logger = new Logger(FallbackRouter.name);

  constructor(
    private readonly chain: DrilledChain,
    private readonly limits: LimitStore,
    private readonly load: UpstreamLoad,
    private readonly known: KnownCallers,
    private readonly accounts: OperatorAccounts,
    private readonly fallback: FallbackSwitch,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {}

  /**
   * The answer of the first upstream that gave one; when all have failed, what `final-answer.ts` says. Attempts,
   * upstream and reason are noted in the exchange.
   *
   * @throws GatewayError when all have failed and none of them has an answer for the caller
   */
  async send(request: UpstreamRequest, options: RouteOptions): Promise<UpstreamAnswer> {
    const state = new RouteState(request, options, this.accounts.walkFor(request, options));
    try {
      for (const upstream of this.openRoute(state) ?? (await this.route(state))) {
        const outcome = isClosed(upstream, state) ? this.closed(upstream, state) : await this.ask(upstream, state);
        if (!(outcome instanceof UpstreamError)) return outcome;
        if (!this.goesOn(upstream, outcome, state) || options.signal.aborted) break;
      }
      return this.giveUp(state);
    } finally {
      if (state.walk) state.exchange.accountDecided(state.walk.decide());
    }
  }

  /** The chain as it is, where this process knows without a read that no upstream is limited or down: the common case. */
  private openRoute({ limitOwners, walk }: RouteState): readonly NamedUpstream[] | undefined {
    const chain = this.chain.upstreams;
    if (!this.fallback.rules.isEnabled || chain.length === 1) return chain;
    return !walk && this.load.isUntroubled && this.limits.hasNone(limitOwners) ? chain : undefined;
  }

  /** Upstreams that are limited or down go to the end: they are asked only when the others have failed. */
  private async route(state: RouteState): Promise<readonly NamedUpstream[]> {
    const chain = this.chain.upstreams;
    for (const upstream of chain) {
      const window = await this.windowOf(upstream, state);
      if (window) state.noteLimit(upstream, window);
    }
    const { limited } = state;
    if (state.options.signal.aborted) return [];
    const { model } = state.request;
    const open = chain.filter((upstream) => !limited.has(upstream));
    const promising = open.filter(({ name }) => this.load.isPromising(name, model));
    const down = open.filter((upstream) => !promising.includes(upstream));
    if (down.some(({ isFirstChoice }) => isFirstChoice)) state.exchange.fallsBackFor('down');
    const order = [...promising, ...limited.keys(), ...down];
    // Before anything is awaited, so that no second request becomes the probe.
    this.load.asked(order[0]!.name, model);
    return order;
  }

  private async windowOf(upstream: NamedUpstream, { request, exchange, options, limitOwners, walk }: RouteState) {
    if (!this.config.fallbackOn.includes('rate_limited')) return undefined;
    const scopes = upstream.provider.limitScopes?.(request, options.credential);
    const pool = upstream.provider.limitGroup ? walk : undefined;
    const owners = pool ? [exchange.user] : limitOwners;
    const window = closedPoolWindow(pool) ?? (scopes && (await this.limits.closedWindow(owners, scopes)));
    if (window && upstream.isFirstChoice) {
      exchange.fallsBackFor(window.drill ? 'drill' : 'limit_remembered');
      exchange.drilled(exchange.isDrill || window.drill);
    }
    return window;
  }

  /** Nothing is sent: the limit is known, and waiting is all that would help. */
  private closed(upstream: NamedUpstream, state: RouteState): UpstreamError {
    if (state.walk && upstream.provider.limitGroup && state.walk.closedSeconds !== undefined) {
      return this.failed(upstream, state, 0, state.walk.refusal());
    }
    const seconds = Math.max(1, Math.ceil(state.limited.get(upstream)!.retry_until - Date.now() / 1_000));
    const error = new UpstreamError({
      failure: 'rate_limited',
      message: `rate limited for another ${seconds} s`,
      retryAfterSeconds: seconds,
      isWorthWaiting: false,
      wasAsked: false,
    });
    return this.failed(upstream, state, 0, error);
  }

  /** Asks one upstream, a second time after a short window or a stream that broke off. */
  private async ask(upstream: NamedUpstream, state: RouteState): Promise<UpstreamAnswer | UpstreamError> {
    if (state.walk && upstream.provider.limitGroup) return this.askAccounts(upstream, state, state.walk);
    const first = await this.attempt(upstream, state);
    if (!(first instanceof UpstreamError)) return first;
    const step = this.stepAfter(upstream, first, false);
    if (step.act !== 'wait') return first;
    const hasWaited = await waited(step.seconds, state.options.signal);
    return hasWaited ? this.attempt(upstream, state) : first;
  }

  private async askAccounts(upstream: NamedUpstream, state: RouteState, walk: CredentialWalk) {
    const { signal } = state.options;
    const outcome = await walkCredentials(walk, signal, (credential) => this.attempt(upstream, state, credential));
    const { name } = upstream;
    if (outcome instanceof UpstreamError) state.noteFailure({ name, error: outcome, isUnfit: false });
    return outcome;
  }

  private async attempt(
    upstream: NamedUpstream,
    state: RouteState,
    credential = state.options.credential,
  ): Promise<UpstreamAnswer | UpstreamError> {
    const { request, exchange } = state;
    const { name, memory } = upstream;
    const refusal = refusalOf(upstream, request);
    if (refusal) return this.failed(upstream, state, 0, refusal, refusal.failure === 'rejected');
    const asked = this.refusalForCaller(upstream, state);
    const closed = asked instanceof Promise ? await asked : asked;
    if (closed) return this.failed(upstream, state, 0, closed);
    const startedMs = exchange.elapsedMs();
    exchange.asked();
    const account = this.accounts.nameOf(upstream, credential);
    exchange.askedWith(account, credential);
    this.load.asked(name, request.model);
    try {
      const sent = exchange.trace?.attempt(name, request) ?? request;
      const options = { ...state.options, credential, memory };
      const answer = await (request.isStream
        ? sendUntilContent(upstream, sent, options, this.holdTerms(upstream, state))
        : upstream.provider.send(sent, options));
      const { status, leftOut } = answer;
      const durationMs = exchange.elapsedMs() - startedMs;
      exchange.attempted({
        ...{ upstream: name, account, status, startedMs, durationMs },
        leftOut: leftOut?.length ? leftOut : undefined,
      });
      this.known.noteAnswer(upstream, credential, answer);
      this.answered(upstream, state, credential);
      return answer;
    } catch (thrown) {
      const error = asUpstreamError(thrown);
      if (error.wasAsked) this.known.noteAnswer(upstream, credential, error.answer);
      if (this.counts(upstream, error)) this.load.failed(name, request.model, error.failure);
      return this.failed(upstream, state, exchange.elapsedMs() - startedMs, error);
    }
  }

  /** Why this upstream does not serve this caller now. */
  private refusalForCaller(
    upstream: NamedUpstream,
    state: RouteState,
  ): UpstreamError | undefined | Promise<UpstreamError | undefined> {
    const { name, isFirstChoice, provider } = upstream;
    const { paidUpstreamsRefusal } = state.exchange;
    if (paidUpstreamsRefusal && !provider.probeCredential) return errorOfBudget(name, paidUpstreamsRefusal);
    return isFirstChoice ? undefined : this.refusalOfFallback(upstream, state);
  }

  private async refusalOfFallback(upstream: NamedUpstream, { exchange, options }: RouteState) {
    const isOperators = !options.credential && this.accounts.arePaused;
    const isKnown = isOperators || exchange.clientKeyId !== undefined;
    const unknown = isKnown ? undefined : await this.known.refusalBy(upstream, options.credential);
    return unknown ?? (this.load.takes(upstream.name, exchange) ? undefined : errorOfFull(upstream.name));
  }

  /**
   * Another upstream may answer in place of this one, or this one once more. What the others accept is not asked: for a
   * body of 400 KB the answer costs more than the hold.
   */
  private holdTerms({ isFirstChoice }: NamedUpstream, { walk }: RouteState): HoldTerms {
    const mayFallBack = this.fallback.rules.isEnabled && this.chain.upstreams.length > 1;
    return {
      maxSilenceMs: this.config.maxStreamSilenceSeconds * 1_000,
      hasOther: mayFallBack || !isFirstChoice || walk !== undefined,
    };
  }

  private answered(
    { name, provider, isFirstChoice }: NamedUpstream,
    { request, exchange, failures, limitOwners }: RouteState,
    credential: Credential | undefined,
  ): void {
    exchange.answeredBy(name, !isFirstChoice, !provider.probeCredential);
    this.load.answered(name, request.model);
    if (!this.limits.hasNone(limitOwners)) {
      const scopes = provider.limitScopes?.(request, credential);
      if (scopes) for (const owner of limitOwners) this.limits.reopen(owner, scopes);
    }
    if (!isFirstChoice) {
      this.logger.log(`🔄 ${name} answers ${exchange.id} of ${exchange.user}: ${exchange.fallbackReason}`);
      return;
    }
    // Where its window was closed it is asked last, and the reason is why the others failed.
    exchange.fallsBackFor(reasonsOf(failures, name));
  }

  /** A failure that does not lead to the next upstream does not count as the upstream being down. */
  private counts(upstream: NamedUpstream, { failure }: UpstreamError): boolean {
    const fallbackOn: readonly Failure[] = this.config.fallbackOn;
    const isPassedBy = !upstream.isFirstChoice || fallbackOn.includes(failure);
    return isPassedBy || (failure !== 'unreachable' && failure !== 'overloaded');
  }

  private failed(
    upstream: NamedUpstream,
    state: RouteState,
    durationMs: number,
    error: UpstreamError,
    isUnfit = false,
  ): UpstreamError {
    const { exchange } = state;
    const { failure, answer, message: reason, wasAsked } = error;
    state.noteFailure({ name: upstream.name, error, isUnfit });
    if (!wasAsked) return error;
    exchange.attempted({
      ...{ upstream: upstream.name, account: exchange.account, status: answer?.status, failure, reason, durationMs },
      isDrill: exchange.isDrill || undefined,
    });
    return error;
  }

  /** After the last try at one upstream: remembers its window, and decides whether the next is asked. */
  private goesOn(upstream: NamedUpstream, error: UpstreamError, { exchange, limitOwners }: RouteState): boolean {
    if (error.limit) this.limits.close(limitOwners[0], error.limit, error instanceof SimulatedLimit);
    if (upstream.isFirstChoice && exchange.fallbackReason === undefined) {
      exchange.fallsBackFor(exchange.isDrill ? 'drill' : error.isCredentialMissing ? 'no_credential' : error.failure);
    }
    if (error.isCredentialMissing) return this.fallback.rules.isEnabled;
    return this.stepAfter(upstream, error, true).act === 'next';
  }

  private stepAfter(upstream: NamedUpstream, error: UpstreamError, hasWaited: boolean) {
    const { failure, isForCaller, retryAfterSeconds, isWorthWaiting, isBrokenOff } = error;
    const { isFirstChoice } = upstream;
    return nextStep(
      { failure, isForCaller, isFirstChoice, retryAfterSeconds, isWorthWaiting, isBrokenOff, hasWaited },
      this.fallback.rules,
    );
  }

  private giveUp({ exchange, failures }: RouteState): UpstreamAnswer {
    if (failures.size === 0) throw clientDisconnected();
    const firstChoice = this.chain.upstreams[0]!.name;
    exchange.fallsBackFor(reasonsOf(failures, firstChoice));
    const failed = this.chain.upstreams.flatMap(({ name }) => failures.get(name) ?? []);
    const answer = finalAnswer({ failed, firstChoice, isDrill: exchange.isDrill });
    if (answer.act === 'refuse') throw withFallbackReason(answer.error, exchange.fallbackReason);
    const { name, error } = answer.upstream;
    if (error.wasAsked) exchange.answeredBy(name);
    else exchange.answeredLocally(error.message);
    return answer.isFinal ? withoutRetry(error.answer!) : error.answer!;
  }
}

/** Where the limit is known and no other upstream takes such a request, asking for one more refusal is useless. */
function isClosed(upstream: NamedUpstream, { limited, failures }: RouteState): boolean {
  if (!limited.has(upstream) || failures.size === 0) return false;
  return [...failures.values()].every(({ isUnfit }) => isUnfit);
}

/** The answer, and that asking again is useless. */
function withoutRetry(answer: UpstreamAnswer): UpstreamAnswer {
  const headers = headersWhere(answer.headers, (name) => name !== 'x-should-retry');
  return { ...answer, headers: [...headers, 'x-should-retry', 'false'] };
}

function errorOfBudget(upstream: string, reason: string): UpstreamError {
  const message = `${upstream} may not answer, because ${reason}`;
  return new UpstreamError({ failure: 'overloaded', message, wasAsked: false });
}

function errorOfFull(upstream: string): UpstreamError {
  const message = `${upstream} has reached its concurrency limit (MAX_FALLBACK_EXCHANGES)`;
  return new UpstreamError({ failure: 'overloaded', message });
}

/** Why the fallback upstreams failed; undefined where there was none. */
function reasonsOf(failures: ReadonlyMap<string, FailedUpstream>, firstChoice: string): string | undefined {
  if (failures.size === 0) return undefined;
  const others = [...failures].filter(([name]) => name !== firstChoice);
  return others.map(([name, { error }]) => `${name}: ${error.failure}: ${error.message}`).join('; ') || undefined;
}
