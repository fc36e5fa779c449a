import { billedUsage, mergeUsage, storableUsage } from '@claude-proxy/messages-api';
import {
  type Credential,
  headerOf,
  type RelayRequest,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Injectable, Logger } from '@nestjs/common';
import { AnswerObserver, blindTap, type Observed } from '../exchange/answer-observer.js';
import { CredentialStates } from '../exchange/credential-states.js';
import type { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { FallbackRouter } from '../fallback/fallback.router.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { CostService } from '../usage/cost.service.js';
import { type LocalAnswer, withLocalFallback } from './local-answer.js';

/** Who asks, and how to know that they have left. */
export interface Caller {
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
}

/** Takes an answer to its client and resolves when that is over, one way or the other. */
export type Delivery = (answer: UpstreamAnswer, tap: AnswerObserver) => Promise<void>;

/** The story of a request. Knows no HTTP server: each dialect brings its own delivery. */
@Injectable()
export class MessagesService {
  private readonly logger = new Logger(MessagesService.name);

  constructor(
    private readonly router: FallbackRouter,
    private readonly registry: UpstreamRegistry,
    private readonly feed: ExchangeFeed,
    private readonly costs: CostService,
    private readonly credentials: CredentialStates,
  ) {}

  /** @throws GatewayError when there is no answer to deliver; the exchange is finished either way. */
  async serve(request: UpstreamRequest, exchange: Exchange, caller: Caller, deliver: Delivery): Promise<void> {
    exchange.model = request.model;
    exchange.isStream = request.isStream;
    exchange.requestBytes = request.body.length;
    await this.tell(exchange, caller, deliver, () => this.router.send(request, exchange, caller));
  }

  /** Ends an exchange that was refused, or whose client left, before there was a request to serve. */
  reject(exchange: Exchange, error: unknown, hasClientLeft: boolean): void {
    this.begin(exchange);
    noteFailure(exchange, error, hasClientLeft);
    this.feed.finish(exchange);
  }

  /** What `read` gives. Where it throws, the exchange ends as refused. */
  rejectOn<Value>(exchange: Exchange, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      this.reject(exchange, error, false);
      throw error;
    }
  }

  /** Passes on what only the Anthropic API has; no other upstream stands in for it. */
  async pass(
    request: RelayRequest,
    exchange: Exchange,
    caller: Caller,
    deliver: Delivery,
    local?: LocalAnswer,
  ): Promise<void> {
    this.feed.received(exchange);
    await this.tell(exchange, caller, deliver, async () => {
      const upstream = this.registry.chain.find(({ provider }) => provider.relay);
      if (!upstream) return local ? local.answer() : noSuchEndpoint();
      exchange.upstream = upstream.name;
      const ask = (options: Caller) =>
        upstream.provider.relay!(request, options).catch((error: unknown) => answerOfError(error, exchange));
      return local ? withLocalFallback(ask, exchange, caller, local) : ask(caller);
    });
  }

  private begin({ user, operation, model, path, id }: Exchange): void {
    this.feed.begin();
    // Without the query: people put keys there.
    this.logger.debug(`📥 ${user} ${operation} ${model ?? path.split('?')[0]} ${id}`);
  }

  private async tell(exchange: Exchange, caller: Caller, deliver: Delivery, send: () => Promise<UpstreamAnswer>) {
    this.begin(exchange);
    exchange.credentialFingerprint = caller.credential?.fingerprint;
    exchange.hasOperatorCredential = caller.credential?.source === 'operator';
    if (caller.credential) this.credentials.seen(caller.credential.fingerprint);
    try {
      const answer = await send();
      const tap = exchange.operation === 'messages' ? new AnswerObserver(answer.headers) : blindTap();
      exchange.upstreamRequestId = headerOf(answer.headers, 'request-id');
      if (answer.status >= 400) exchange.outcome = 'refused';
      await deliver(answer, tap);
      await tap.finish();
      note(exchange, tap, answer);
      exchange.costNanoUsd = this.costs.costOf(exchange);
      // After the price: each iteration has a price of its own.
      if (exchange.usage) exchange.usage = billedUsage(exchange.usage);
    } catch (thrown) {
      const { aborted, reason } = caller.signal;
      const isCutOff = aborted && reason instanceof GatewayError;
      const error = isCutOff ? reason : thrown;
      noteFailure(exchange, error, aborted && !isCutOff);
      throw error;
    } finally {
      this.feed.finish(exchange);
    }
  }
}

function noSuchEndpoint(): never {
  throw new GatewayError({ type: 'not_found_error', message: 'No upstream has this endpoint.' });
}

function noteFailure(exchange: Exchange, error: unknown, hasClientLeft: boolean): void {
  exchange.outcome = hasClientLeft ? 'aborted' : 'refused';
  exchange.status = error instanceof GatewayError ? error.status : 500;
  exchange.errorMessage = (error as Error).message;
}

function note(exchange: Exchange, { observed }: AnswerObserver, answer: UpstreamAnswer): void {
  exchange.usage = storableUsage(mergeUsage(answer.measuredUsage?.() as Exchange['usage'], observed.usage));
  exchange.isOutputEstimated = observed.isOutputEstimated;
  exchange.billedAs = answer.billedAs;
  if (observed.model !== exchange.model) exchange.answeredModel = observed.model;
  exchange.stopReason = observed.stopReason;
  noteErrorEvent(exchange, observed);
}

/** It ends a stream cleanly, and is a failure all the same. Whoever leaves on hearing it has not left an answer. */
function noteErrorEvent(exchange: Exchange, { errorMessage, hasBegun }: Observed): void {
  if (errorMessage === undefined) return;
  exchange.errorMessage ??= errorMessage;
  if (exchange.outcome !== 'refused') exchange.outcome = hasBegun ? 'broken' : 'refused';
}

/** A refusal of the upstream is an answer; without one the caller hears that nobody was there. */
function answerOfError(error: unknown, exchange: Exchange): UpstreamAnswer {
  if (error instanceof UpstreamError && error.answer) {
    if (!error.wasAsked) noteUnasked(exchange, error);
    return error.answer;
  }
  throw new GatewayError({ type: 'api_error', status: 502, message: (error as Error).message, cause: error });
}

function noteUnasked(exchange: Exchange, { message }: UpstreamError): void {
  exchange.upstream = undefined;
  exchange.errorMessage = message;
}
