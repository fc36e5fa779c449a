import type { IncomingMessage } from 'node:http';
import { billedUsage, mergeUsage, storableUsage, type Usage } from '@claude-proxy/messages-api';
import {
  headerOf,
  type RelayRequest,
  type SendOptions,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { expectAllowedModel } from '../auth/keys/key-permissions.js';
import { withAnswerHeaders } from '../exchange/answer-headers.js';
import { AnswerObserver, blindObserver } from '../exchange/answer-observer.js';
import { CredentialStates } from '../exchange/credential-states.js';
import type { AnswerFacts, Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { FallbackRouter } from '../fallback/fallback.router.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { BodyBudget } from '../http/body-budget.js';
import { CostService } from '../prices/cost.service.js';
import { type LocalAnswer, withLocalFallback } from './local-answer.js';
import { RunningSteps } from './steps/running-steps.js';
import { StepRegistry } from './steps/step.registry.js';

/** Takes an answer to its client and resolves when that is over, one way or the other. */
export type Delivery = (answer: UpstreamAnswer, observer: AnswerObserver) => Promise<void>;

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
    private readonly budget: BodyBudget,
    private readonly steps: StepRegistry,
  ) {}

  /** @throws GatewayError when no answer can be delivered; the exchange is finished either way. */
  async serve(request: UpstreamRequest, caller: Caller, deliver: Delivery): Promise<void> {
    const { exchange } = caller;
    exchange.asksFor(request.model, request.isStream);
    exchange.received(request.body.length);
    await this.story(caller, deliver, (steps) => {
      expectAllowedModel(caller, request.model);
      return steps
        ? steps.request(request).then((stepped) => this.router.send(stepped, caller))
        : this.router.send(request, caller);
    });
  }

  /** For a body in a content coding that the gateway cannot decode. */
  unknownCodingStatusFor(caller: Caller): number {
    return this.steps.readsBodiesOf(caller) ? 415 : 400;
  }

  /**
   * Ends an exchange whose request could not be read: as refused, or as aborted where the client left.
   *
   * @returns the error
   */
  rejected({ exchange, signal }: Caller, raw: IncomingMessage, error: unknown): unknown {
    const hasClientLeft = signal.aborted || (raw.destroyed && !raw.complete);
    this.feed.reject(exchange, error, hasClientLeft);
    return error;
  }

  /** Passes on what only the Anthropic API has, without a fallback. */
  async pass(request: RelayRequest, caller: Caller, deliver: Delivery, local?: LocalAnswer): Promise<void> {
    const { exchange } = caller;
    this.feed.received(exchange);
    await this.story(caller, deliver, async (steps) => {
      const upstream = this.registry.chain.find(({ provider }) => provider.relay);
      if (!upstream) return local ? local.answer() : noSuchEndpoint();
      exchange.answeredBy(upstream.name);
      const sent = steps ? await steps.relay(request) : request;
      const ask = (options: SendOptions) =>
        upstream.provider.relay!(exchange.trace?.attempt(upstream.name, sent) ?? sent, options).catch(
          (error: unknown) => answerOfError(error, exchange),
        );
      return local ? withLocalFallback(ask, exchange, caller, local) : ask(caller);
    });
  }

  /** Undefined without steps: their seam then costs nothing. */
  private stepsOf(caller: Caller): RunningSteps | undefined {
    const steps = this.steps.stepsFor(caller);
    if (steps.length === 0) return undefined;
    const { exchange, credential } = caller;
    if (exchange.operation === 'relay') this.budget.open(exchange, credential);
    return new RunningSteps(steps, caller, (bytes) => this.budget.take(exchange, bytes));
  }

  private async story(
    caller: Caller,
    deliver: Delivery,
    send: (steps: RunningSteps | undefined) => Promise<UpstreamAnswer>,
  ) {
    const { exchange, credential, signal } = caller;
    this.feed.begin();
    if (Logger.isLevelEnabled('debug')) this.logger.debug(arrivalOf(exchange));
    if (credential) this.credentials.seen(credential.fingerprint);
    const steps = this.stepsOf(caller);
    try {
      const sent = await send(steps);
      const answer = steps ? await steps.answer(sent) : sent;
      const observer = exchange.operation === 'messages' ? new AnswerObserver(answer.headers) : blindObserver();
      exchange.answerBegan(answer.status, headerOf(answer.headers, 'request-id'));
      await deliver(answer, observer);
      const reading = observer.finish();
      if (reading) await reading;
      exchange.observed(factsOf(observer, answer));
      // After the price: each iteration has a price of its own.
      const { cost, cacheSaving } = this.costs.billOf(exchange);
      exchange.priced(cost, exchange.usage && billedUsage(exchange.usage), cacheSaving);
    } catch (thrown) {
      const isCutOff = signal.aborted && signal.reason instanceof GatewayError;
      const error = isCutOff ? signal.reason : thrown;
      if (signal.aborted && !isCutOff) exchange.aborted(error);
      else exchange.rejected(error);
      throw withAnswerHeaders(error, exchange);
    } finally {
      steps?.end();
      this.feed.finish(exchange);
    }
  }
}

/** Without the query: people put keys there. */
function arrivalOf({ user, operation, model, path, id }: Exchange): string {
  return `📥 ${user} ${operation} ${model ?? path.split('?')[0]} ${id}`;
}

function noSuchEndpoint(): never {
  throw new GatewayError({ type: 'not_found_error', message: 'No upstream has this endpoint.' });
}

function factsOf({ observed }: AnswerObserver, { measuredUsage, billedAs }: UpstreamAnswer): AnswerFacts {
  const usage = storableUsage(mergeUsage(measuredUsage?.() as Usage | undefined, observed.usage));
  return { ...observed, usage, billedAs };
}

/** A refusal of the upstream is an answer; without one the caller gets 502. */
function answerOfError(error: unknown, exchange: Exchange): UpstreamAnswer {
  if (error instanceof UpstreamError && error.answer) {
    if (!error.wasAsked) exchange.answeredLocally(error.message);
    return error.answer;
  }
  throw new GatewayError({ type: 'api_error', status: 502, message: (error as Error).message, cause: error });
}
