import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Failure,
  type SendOptions,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { withFallbackReason } from '../exchange/fallback-header.js';
import { errorOfLeft, errorOfNobody } from './all-failed.js';
import { DrillRegister } from './drill.register.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { KnownCallers } from './known-callers.service.js';
import { LimitStore } from './limit.store.js';
import { nextStep } from './next-step.js';
import { UpstreamLoad } from './upstream.load.js';
import { type NamedUpstream, UpstreamRegistry } from './upstream.registry.js';

/** How long a simulated limit holds. */
const DRILL_SECONDS = 60;

/** A request on its way through the chain. */
interface Journey {
  readonly request: UpstreamRequest;
  readonly exchange: Exchange;
  readonly options: SendOptions;
  readonly failures: Map<string, UpstreamError>;
}

/** Asks one upstream after the other until one has answered. */
@Injectable()
export class FallbackRouter {
  private readonly logger = new Logger(FallbackRouter.name);

  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly limits: LimitStore,
    private readonly drills: DrillRegister,
    private readonly load: UpstreamLoad,
    private readonly known: KnownCallers,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {}

  /**
   * The answer of the first upstream that gave one; when all have failed, the refusal of the first choice as it came.
   * Attempts, upstream and reason are noted in the exchange.
   *
   * @throws GatewayError when all have failed and none of them has an answer for the caller
   */
  async send(request: UpstreamRequest, exchange: Exchange, options: SendOptions): Promise<UpstreamAnswer> {
    const journey: Journey = { request, exchange, options, failures: new Map() };
    for (const upstream of await this.route(journey)) {
      const outcome = await this.ask(upstream, journey);
      if (!(outcome instanceof UpstreamError)) return outcome;
      if (!this.goesOn(upstream, outcome, journey) || options.signal.aborted) break;
    }
    return this.giveUp(journey);
  }

  /** Upstreams that are limited or down go to the end: they are asked only when the others have failed. */
  private async route(journey: Journey): Promise<readonly NamedUpstream[]> {
    const { chain } = this.registry;
    if (!this.config.isEnabled || chain.length === 1) return chain;
    const limited = new Set<NamedUpstream>();
    for (const upstream of chain) if (await this.isLimited(upstream, journey)) limited.add(upstream);
    if (journey.options.signal.aborted) return [];
    const { model } = journey.request;
    const open = chain.filter((upstream) => !limited.has(upstream));
    const promising = open.filter(({ name }) => this.load.isWorthAsking(name, model));
    const down = open.filter((upstream) => !promising.includes(upstream));
    if (down.includes(chain[0]!)) journey.exchange.fallbackReason = 'down';
    const order = [...promising, ...limited, ...down];
    // Before anything is awaited, so that nobody else becomes the probe too.
    this.load.asked(order[0]!.name, model);
    return order;
  }

  private async isLimited(upstream: NamedUpstream, { request, exchange, options }: Journey): Promise<boolean> {
    if (!this.config.fallbackOn.includes('rate_limited')) return false;
    const scopes = upstream.provider.limitScopes?.(request, options.credential);
    const window = scopes && (await this.limits.closedWindow(exchange.user, scopes));
    if (window && upstream === this.registry.chain[0]) {
      exchange.fallbackReason = window.drill ? 'drill' : 'limit_remembered';
      exchange.isDrill ||= window.drill;
    }
    return window !== undefined;
  }

  /** Asks one upstream, a second time after a short window. */
  private async ask(upstream: NamedUpstream, journey: Journey): Promise<UpstreamAnswer | UpstreamError> {
    const first = await this.attempt(upstream, journey);
    if (!(first instanceof UpstreamError)) return first;
    const step = this.stepAfter(upstream, first, false);
    if (step.act !== 'wait') return first;
    const hasWaited = await waited(step.seconds, journey.options.signal);
    return hasWaited ? this.attempt(upstream, journey) : first;
  }

  private async attempt(upstream: NamedUpstream, journey: Journey): Promise<UpstreamAnswer | UpstreamError> {
    const { request, exchange, options } = journey;
    const { name, provider } = upstream;
    const refusal = refusalOf(upstream, request);
    if (refusal) return this.failed(upstream, journey, 0, refusal);
    const isStandIn = upstream !== this.registry.chain[0];
    const unknown = isStandIn ? await this.known.refusalBy(upstream, options.credential) : undefined;
    if (unknown) return this.failed(upstream, journey, 0, unknown);
    if (isStandIn && !this.load.takes(name, exchange)) return this.failed(upstream, journey, 0, errorOfFull(name));
    const startedMs = exchange.elapsedMs();
    exchange.queueMs ??= startedMs;
    const drilledScope = await this.drilledScope(upstream, journey);
    const isDrilled = drilledScope !== undefined;
    if (!isDrilled) this.load.asked(name, request.model);
    try {
      if (isDrilled) throw drillError(drilledScope);
      const answer = await provider.send(request, options);
      const { status, leftOut = [] } = answer;
      const durationMs = exchange.elapsedMs() - startedMs;
      exchange.attempts.push({ upstream: name, status, durationMs, ...(leftOut.length > 0 && { leftOut }) });
      this.known.noteAnswer(upstream, options.credential, answer);
      this.answered(upstream, journey);
      return answer;
    } catch (thrown) {
      const error = asUpstreamError(thrown);
      if (error.wasAsked) this.known.noteAnswer(upstream, options.credential, error.answer);
      if (!isDrilled && this.counts(upstream, error)) this.load.failed(name, request.model, error.failure);
      return this.failed(upstream, journey, exchange.elapsedMs() - startedMs, error);
    }
  }

  private answered({ name, provider }: NamedUpstream, { request, exchange, options, failures }: Journey): void {
    exchange.upstream = name;
    this.load.answered(name, request.model);
    const scopes = provider.limitScopes?.(request, options.credential);
    if (scopes) this.limits.reopen(exchange.user, scopes);
    if (name !== this.registry.chain[0]?.name) {
      exchange.isFallback = true;
      this.logger.log(`🔄 ${name} answers ${exchange.id} of ${exchange.user}: ${exchange.fallbackReason}`);
      return;
    }
    // Where its window was closed it is asked last, and what is told is why the others could not stand in.
    exchange.fallbackReason = reasonsOf(failures, name);
  }

  /** Whoever is not passed by for a failure is not taken for down because of it. */
  private counts(upstream: NamedUpstream, { failure }: UpstreamError): boolean {
    const fallbackOn: readonly Failure[] = this.config.fallbackOn;
    const isPassedBy = upstream !== this.registry.chain[0] || fallbackOn.includes(failure);
    return isPassedBy || (failure !== 'unreachable' && failure !== 'overloaded');
  }

  private failed(upstream: NamedUpstream, journey: Journey, durationMs: number, error: UpstreamError): UpstreamError {
    const { exchange, failures } = journey;
    const { failure, answer, message: reason, wasAsked } = error;
    failures.set(upstream.name, error);
    if (!wasAsked) return error;
    exchange.attempts.push({
      upstream: upstream.name,
      ...(answer ? { status: answer.status } : {}),
      failure,
      reason,
      ...(exchange.isDrill ? { isDrill: true } : {}),
      durationMs,
    });
    return error;
  }

  /** After the last try at one upstream: remembers its window, and tells whether the next is asked. */
  private goesOn(upstream: NamedUpstream, error: UpstreamError, { exchange }: Journey): boolean {
    // Only a process started as a drill remembers: a share of requests, or one, must not strike the rest.
    const isRemembered = !exchange.isDrill || this.drills.isForced;
    if (error.limit && isRemembered) this.limits.close(exchange.user, error.limit, exchange.isDrill);
    const isFirstChoice = upstream === this.registry.chain[0];
    if (isFirstChoice) exchange.fallbackReason ??= exchange.isDrill ? 'drill' : error.failure;
    return this.stepAfter(upstream, error, true).act === 'next';
  }

  private stepAfter(upstream: NamedUpstream, error: UpstreamError, hasWaited: boolean) {
    const { failure, isForCaller, retryAfterSeconds, isWorthWaiting } = error;
    const isFirstChoice = upstream === this.registry.chain[0];
    return nextStep({ failure, isForCaller, isFirstChoice, retryAfterSeconds, isWorthWaiting, hasWaited }, this.config);
  }

  /** A drill needs somebody who could be limited, and begins after the credential check. */
  private async drilledScope(upstream: NamedUpstream, journey: Journey): Promise<string | undefined> {
    const { provider } = upstream;
    const { request, exchange, options } = journey;
    const { credential } = options;
    if (!provider.limitScopes || !credential || request.operation !== 'messages') return undefined;
    exchange.isDrill ||= this.drills.strikes(exchange.user);
    if (exchange.isDrill && (await this.known.isRefused(credential))) exchange.isDrill = false;
    return exchange.isDrill ? provider.limitScopes(request, credential)[0] : undefined;
  }

  private giveUp({ exchange, failures }: Journey): UpstreamAnswer {
    if (failures.size === 0) throw errorOfLeft();
    const first = this.registry.chain[0]!.name;
    exchange.fallbackReason = reasonsOf(failures, first);
    for (const [name, error] of failures) {
      if (error.isForCaller && error.answer) return this.handOver(name, error, error.answer, exchange);
    }
    const error = failures.get(first);
    if (error?.answer) return this.handOver(first, error, error.answer, exchange);
    throw withFallbackReason(errorOfNobody(this.inOrder(failures), exchange.isDrill), exchange.fallbackReason);
  }

  /** The failure of the first choice decides, also where it was asked last. */
  private inOrder(failures: ReadonlyMap<string, UpstreamError>): ReadonlyMap<string, UpstreamError> {
    const named = this.registry.chain.map(({ name }) => [name, failures.get(name)] as const);
    return new Map(named.filter((entry): entry is [string, UpstreamError] => entry[1] !== undefined));
  }

  private handOver(name: string, error: UpstreamError, answer: UpstreamAnswer, exchange: Exchange): UpstreamAnswer {
    if (error.wasAsked) exchange.upstream = name;
    else exchange.errorMessage = error.message;
    return answer;
  }
}

function refusalOf({ provider }: NamedUpstream, request: UpstreamRequest): UpstreamError | undefined {
  try {
    const acceptance = provider.accepts(request);
    return acceptance.accepted ? undefined : new UpstreamError({ failure: 'rejected', message: acceptance.reason });
  } catch (thrown) {
    return asUpstreamError(thrown);
  }
}

function drillError(scope: string): UpstreamError {
  return new UpstreamError({
    failure: 'rate_limited',
    message: 'simulated rate limit (drill)',
    retryAfterSeconds: DRILL_SECONDS,
    isWorthWaiting: false,
    limit: { scope, seconds: DRILL_SECONDS, reason: 'drill' },
  });
}

function errorOfFull(upstream: string): UpstreamError {
  const message = `${upstream} has as many exchanges in hand as MAX_STAND_IN_EXCHANGES allows`;
  return new UpstreamError({ failure: 'overloaded', message });
}

function asUpstreamError(error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error;
  return new UpstreamError({ failure: 'unreachable', message: `failed unexpectedly: ${String(error)}`, cause: error });
}

/** Why the stand-ins failed; undefined where none was asked. */
function reasonsOf(failures: ReadonlyMap<string, UpstreamError>, firstChoice: string): string | undefined {
  const others = [...failures].filter(([name]) => name !== firstChoice);
  return others.map(([name, { failure, message }]) => `${name}: ${failure}: ${message}`).join('; ') || undefined;
}

/** False when the caller left meanwhile. */
async function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(seconds * 1_000, true, { signal }).catch(() => false);
}
