import { outlineOfJson } from '@claude-proxy/messages-api';
import { type ExchangeStep, STEP_ORDERS, Step, type StepRequest, type StepRun } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/caller.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { withMaskedKeys } from '../../exchange/masked-keys.js';
import { OperatorEvents } from '../../exchange/operator-events.js';
import { type LoopsConfig, loopsSection } from './loops.config.js';
import { type RepeatedCall, repeatedCall } from './repeated-call.js';

const LOOP_HEADER = 'x-claude-proxy-loop';
const MAX_NAME_CHARACTERS = 64;

/** Reports an agent that makes the same tool call again and again, and stops it where that is set. */
@Step('loops', STEP_ORDERS.loops)
@Injectable()
export class LoopStep implements ExchangeStep<Caller> {
  readonly isEnabled: boolean;

  constructor(
    private readonly events: OperatorEvents,
    @Inject(loopsSection.token) private readonly config: LoopsConfig,
  ) {
    this.isEnabled = config.mode !== 'off';
  }

  /** @throws GatewayError rate_limit_error */
  before(request: StepRequest, { exchange }: Caller): StepRun | undefined {
    const messages = request.operation === 'messages' ? messagesIn(request) : undefined;
    const loop = messages && repeatedCall(messages, this.config.calls);
    if (!loop) return undefined;
    const tools = namesOf(loop);
    exchange.repeats({ tools, times: loop.times });
    this.report(loop, tools, exchange);
    if (this.config.mode === 'stop') throw refusal(tools, loop.times, this.config.calls);
    return { answerHeaders: [LOOP_HEADER, `${tools} ${loop.times} times`] };
  }

  /** Once when the loop is found, and each time that it has doubled. */
  private report({ times, digest }: RepeatedCall, tools: string, exchange: Caller['exchange']): void {
    const { user, session, clientKeyId, team } = exchange;
    const { mode, calls } = this.config;
    const isStopped = mode === 'stop';
    const doublings = Math.floor(Math.log2(times / calls));
    const day = new Date().toISOString().slice(0, 10);
    this.events.report({
      type: 'loop.detected',
      subject: `user:${user}`,
      text: `An agent of ${user} has called ${tools} with the same input ${times} times in a row${isStopped ? ', and was stopped' : ''}.`,
      details: {
        tools,
        times,
        stopped: isStopped,
        session: session ?? null,
        client_key: clientKeyId ?? null,
        team: team ?? null,
      },
      occurrence: `${day} ${session ?? ''} ${digest} ${doublings}`,
    });
  }
}

/** A request of another dialect has been translated, and nothing has looked at its new body. */
function messagesIn({ body, member }: StepRequest): Buffer | undefined {
  if (member) return member('messages');
  const range = body && outlineOfJson(body).members.get('messages');
  return range && body.subarray(range.start, range.end);
}

/** Names come from clients. */
function namesOf({ tools }: RepeatedCall): string {
  return tools.map((name) => withMaskedKeys(name.replace(/[^\w.:-]/g, '?').slice(0, MAX_NAME_CHARACTERS))).join(', ');
}

/** The form after which Claude Code sends one request only and shows the message. */
function refusal(tools: string, times: number, calls: number): GatewayError {
  return new GatewayError({
    type: 'rate_limit_error',
    message: `The agent has called ${tools} with the same input ${times} times in a row, so this gateway has stopped it (LOOP_CALLS is ${calls}). Write what it should do differently: your next message begins a new count.`,
    isWorthRetrying: false,
  });
}
