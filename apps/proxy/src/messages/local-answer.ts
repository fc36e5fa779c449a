import { type Failure, headerOf, type SendOptions, type UpstreamAnswer, UpstreamError } from '@claude-proxy/upstream';
import type { Exchange } from '../exchange/exchange.js';

/** An answer of our own, for where an upstream has none in time. */
export interface LocalAnswer {
  readonly patienceMs: number;
  /** @throws GatewayError where we have none either */
  answer(): UpstreamAnswer;
}

type Ask = (options: SendOptions) => Promise<UpstreamAnswer>;

/** The upstream's answer. If it has none in time, its failure is one of the attempts, and the local answer takes its place. */
export async function withLocalFallback(
  ask: Ask,
  exchange: Exchange,
  caller: SendOptions,
  local: LocalAnswer,
): Promise<UpstreamAnswer> {
  const startedMs = exchange.elapsedMs();
  const outOfPatience = new AbortController();
  const patience = setTimeout(() => outOfPatience.abort(), local.patienceMs);
  const signal = AbortSignal.any([caller.signal, outOfPatience.signal]);
  const answer = await ask({ ...caller, signal }).catch((error: Error) => error);
  clearTimeout(patience);
  if (isUsable(answer)) return answer;
  if (caller.signal.aborted) return orThrow(answer);
  const { upstream = 'none' } = exchange;
  const failed = outOfPatience.signal.aborted ? timedOut(local) : failureOf(answer);
  exchange.attempted({ upstream, ...failed, durationMs: exchange.elapsedMs() - startedMs });
  exchange.answeredLocally();
  return local.answer();
}

/** A refusal goes to the caller. An outage does not: Claude Code takes it for an empty list. */
function isUsable(answer: UpstreamAnswer | Error): answer is UpstreamAnswer {
  if (answer instanceof Error) return false;
  const { status, headers } = answer;
  const isAnswer = status < 300 || status === 304 || (status >= 400 && status < 500);
  return isAnswer || headerOf(headers, 'x-should-retry') === 'false';
}

/** The client has disconnected, which the delivery will find. */
function orThrow(answer: UpstreamAnswer | Error): UpstreamAnswer {
  if (answer instanceof Error) throw answer;
  return answer;
}

function timedOut({ patienceMs }: LocalAnswer): { failure: Failure; reason: string } {
  return { failure: 'timed_out', reason: `no answer within ${patienceMs} ms` };
}

function failureOf(answer: UpstreamAnswer | Error): { failure: Failure; reason: string; status?: number } {
  if (answer instanceof Error) {
    const { cause } = answer;
    return { failure: cause instanceof UpstreamError ? cause.failure : 'unreachable', reason: answer.message };
  }
  const { status, body } = answer;
  body.destroy();
  const failure = status === 503 || status === 529 ? 'overloaded' : 'unreachable';
  return { failure, reason: `answered with status ${status}`, status };
}
