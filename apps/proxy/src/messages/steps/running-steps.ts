import type { RelayRequest, StepRequest, StepRun, UpstreamAnswer, UpstreamRequest } from '@claude-proxy/upstream';
import { Logger } from '@nestjs/common';
import type { Caller } from '../../auth/caller.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { withMaskedKeys } from '../../exchange/masked-keys.js';
import type { TakeRoom } from '../../http/request-body.js';
import { checkedHeaderLines } from './checked-header-lines.js';
import { RelayedBody } from './relayed-body.js';
import type { NamedStep } from './step.registry.js';
import { SteppedRequest, stepRequestOf } from './stepped-request.js';

const logger = new Logger('Steps');

interface NamedRun {
  readonly name: string;
  readonly run: StepRun;
}

/** The steps of one request: out through all of them, back in reverse order. */
export class RunningSteps {
  /** The last step that ran comes first. */
  private readonly runs: NamedRun[] = [];
  private hasEnded = false;

  constructor(
    private readonly steps: readonly NamedStep[],
    private readonly caller: Caller,
    private readonly takeRoom: TakeRoom,
  ) {}

  /** @throws GatewayError the refusal of a step */
  async request(request: UpstreamRequest): Promise<UpstreamRequest> {
    let current = request;
    for (const step of this.steps) {
      const begun = this.begin(step, stepRequestOf(current));
      const run = begun instanceof Promise ? await begun : begun;
      if (run && (run.body || run.model || run.headers)) current = new SteppedRequest(current, run, this.takeRoom);
    }
    return current;
  }

  /** @throws GatewayError the refusal of a step, and what reading the body throws */
  async relay(request: RelayRequest): Promise<RelayRequest> {
    const body = new RelayedBody(request, this.takeRoom);
    for (const step of this.steps) {
      const run = await this.begin(step, body.stepRequest);
      if (run) body.apply(run);
    }
    return body.toRequest();
  }

  /** @throws GatewayError if a step fails; the answer of the upstream is closed */
  async answer(answer: UpstreamAnswer): Promise<UpstreamAnswer> {
    let current = answer;
    for (const { name, run } of this.runs) {
      if (!run.answer) continue;
      try {
        current = await run.answer(current);
      } catch (error) {
        current.body.destroy();
        throw asRefusal(name, error, 'Its answer was not passed on.');
      }
    }
    return current;
  }

  /** After the request has ended, before it is recorded. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const { name, run } of this.runs) {
      const report = (error: unknown) =>
        logger.error(`❌ step ${name} failed after ${this.caller.exchange.id}: ${withMaskedKeys(String(error))}`);
      try {
        // Not awaited: the answer has left.
        run.after?.(this.caller.exchange)?.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }

  /** Without a promise where the step needs none. */
  private begin({ name, step }: NamedStep, request: StepRequest): StepRun | undefined | Promise<StepRun | undefined> {
    try {
      const begun = step.before(request, this.caller);
      if (!(begun instanceof Promise)) return this.begun(name, begun);
      return begun.then((run) => this.begun(name, run)).catch((error: unknown) => this.refuse(name, error));
    } catch (error) {
      return this.refuse(name, error);
    }
  }

  private begun(name: string, run: StepRun | undefined): StepRun | undefined {
    if (!run) return undefined;
    this.runs.unshift({ name, run });
    if (run.answerHeaders) this.caller.exchange.answersWith(checkedHeaderLines(run.answerHeaders));
    return run;
  }

  /** A caller that left in the middle of its body is not a fault of the step. */
  private refuse(name: string, error: unknown): never {
    throw this.caller.signal.aborted ? error : asRefusal(name, error);
  }
}

/** A step that fails refuses the request: what it promises, such as a budget, does not hold without it. */
function asRefusal(name: string, error: unknown, effect = 'The request was not sent on.'): GatewayError {
  if (error instanceof GatewayError) return error;
  logger.error(`❌ step ${name} failed: ${withMaskedKeys((error as Error)?.stack ?? String(error))}`);
  const message = `The step "${name}" of the gateway failed. ${effect} Report it to the operator.`;
  return new GatewayError({ type: 'api_error', status: 503, isWorthRetrying: false, message, cause: error });
}
