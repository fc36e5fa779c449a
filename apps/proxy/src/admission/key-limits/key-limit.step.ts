import type { KeyLimits } from '@claude-proxy/admin-api';
import { type ExchangeStep, STEP_ORDERS, Step, type StepRequest, type StepRun } from '@claude-proxy/upstream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Caller } from '../../auth/caller.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { countedTokens } from '../budgets/expected-cost.js';
import { LimitCounters, type Taken } from './key-limit.counters.js';

const NAMES = {
  requests_per_minute: 'requests a minute',
  tokens_per_minute: 'tokens a minute',
  concurrency: 'requests at the same time',
} as const satisfies Record<keyof KeyLimits, string>;

/** Holds a client key to its own limits, before its budgets. Token counts and relayed requests are not limited. */
@Step('key-limits', STEP_ORDERS.keyLimits)
@Injectable()
export class KeyLimitStep implements ExchangeStep<Caller>, OnApplicationShutdown {
  constructor(private readonly counters: LimitCounters) {}

  appliesTo({ clientKey }: Caller): boolean {
    return clientKey !== undefined && hasLimits(clientKey.limits);
  }

  /** Without a promise unless the limits are kept in Redis. @throws GatewayError rate_limit_error */
  before({ operation }: StepRequest, caller: Caller): StepRun | undefined | Promise<StepRun | undefined> {
    const { clientKey, exchange } = caller;
    if (!clientKey || operation !== 'messages') return undefined;
    const taken = this.counters.take(clientKey.id, exchange.id, clientKey.limits);
    return taken instanceof Promise ? taken.then((each) => this.run(each, caller)) : this.run(taken, caller);
  }

  onApplicationShutdown(): void {
    this.counters.close();
  }

  private run(taken: Taken, { clientKey, exchange }: Caller): StepRun {
    const { id, limits } = clientKey!;
    if (taken.reached) throw refusal(id, taken.reached, limits, taken);
    return {
      answerHeaders: headersOf(limits, taken, Date.now()),
      after: () => this.counters.settle(id, exchange.id, limits, exchange.usage ? countedTokens(exchange.usage) : 0),
    };
  }
}

function hasLimits(limits: KeyLimits): boolean {
  for (const name in limits) if (limits[name as keyof KeyLimits] !== undefined) return true;
  return false;
}

/** Waiting helps, so clients may retry. */
function refusal(id: string, reached: keyof KeyLimits, limits: KeyLimits, taken: Taken): GatewayError {
  const headers = Object.fromEntries(pairsOf(headersOf(limits, taken, Date.now())));
  return new GatewayError({
    type: 'rate_limit_error',
    message: `The client key ${id} has reached its limit of ${limits[reached]} ${NAMES[reached]}. Try again in ${taken.retryAfterSeconds} s.`,
    retryAfterSeconds: taken.retryAfterSeconds,
    headers,
  });
}

/** The names that clients of Anthropic read, with the limits of the key in place of those of the operator's account. */
function headersOf(
  { requests_per_minute: rpm, tokens_per_minute: tpm }: KeyLimits,
  { requestsLeft, tokensLeft }: Taken,
  nowMs: number,
): string[] {
  const lines = (name: string, limit: number | undefined, left: number): string[] => {
    if (limit === undefined) return [];
    // In whole seconds, as Anthropic sends it.
    const fullAt = secondText(Math.ceil((nowMs + ((limit - left) * 60_000) / limit) / 1_000));
    const prefix = `anthropic-ratelimit-${name}`;
    return [`${prefix}-limit`, String(limit), `${prefix}-remaining`, String(left), `${prefix}-reset`, fullAt];
  };
  return [...lines('requests', rpm, requestsLeft), ...lines('tokens', tpm, tokensLeft)];
}

/** Nearly always one of the last few seconds, and formatting costs more than a look-up. */
let known = { second: 0, text: '' };

function secondText(second: number): string {
  if (second !== known.second) known = { second, text: `${new Date(second * 1_000).toISOString().slice(0, 19)}Z` };
  return known.text;
}

function pairsOf(lines: readonly string[]): [string, string][] {
  return Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index]!, lines[2 * index + 1]!]);
}
