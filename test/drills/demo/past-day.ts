import type { Exchange } from '../../../apps/proxy/src/exchange/exchange.js';
import {
  ACCOUNTS,
  between,
  isLimitedAt,
  PEOPLE,
  PROGRAMS,
  pick,
  pickMember,
  requestsPerHour,
  SHARE_OF_SESSIONS,
} from './company.js';
import { answeredExchange, failedExchange, finishPast, outputTokens, type PastGateway } from './past-exchange.js';
import { PastSession } from './past-session.js';

const HOUR_MS = 60 * 60_000;
const TURNS = [6, 14, 25, 40, 70] as const;
/** Of a sample: parts of many sessions are a better mean than few whole ones. */
const TURNS_OF_SAMPLE = [3] as const;
const FAILED_SHARE = 0.02;
const FALLBACK_SHARE = 0.4;

interface Load {
  /** Relative to the usual load. */
  readonly share: number;
  readonly isSample: boolean;
}

/** The requests of the sessions and programs that began in a span of time. */
export function exchangesBetween(
  gateway: PastGateway,
  fromMs: number,
  untilMs: number,
  { share, isSample }: Load,
): Exchange[] {
  const exchanges: Exchange[] = [];
  const turns: readonly number[] = isSample ? TURNS_OF_SAMPLE : TURNS;
  const requests = turns.reduce((sum, each) => sum + each, 0) / turns.length;
  for (let hourMs = fromMs; hourMs < untilMs; hourMs += HOUR_MS) {
    const count = requestsPerHour(hourMs) * share * (Math.min(HOUR_MS, untilMs - hourMs) / HOUR_MS);
    const timeInHour = () => between(hourMs, Math.min(hourMs + HOUR_MS, untilMs));
    for (let left = chanceOf((count * SHARE_OF_SESSIONS) / requests); left > 0; left -= 1) {
      const session = new PastSession(gateway, pickMember(PEOPLE), timeInHour(), isSample);
      for (const exchange of session.play(pick(turns), untilMs)) exchanges.push(exchange);
    }
    for (let left = chanceOf(count * (1 - SHARE_OF_SESSIONS)); left > 0; left -= 1) {
      exchanges.push(programExchange(gateway, timeInHour()));
    }
  }
  return exchanges;
}

/** A whole number with this mean. */
function chanceOf(mean: number): number {
  return Math.floor(mean + Math.random());
}

/** A request without a session. Every second one reads a prompt that all of them have in common. */
function programExchange(gateway: PastGateway, startedAt: number): Exchange {
  const member = pickMember(PROGRAMS);
  const request = { member, startedAt, model: pick(member.models) };
  if (Math.random() < FAILED_SHARE) return finishPast(failedExchange(gateway, request));
  const isCached = Math.random() < 0.5;
  const usage = {
    input_tokens: Math.round(between(300, 6_000)),
    cache_read_input_tokens: isCached ? 4_200 : 0,
    output_tokens: outputTokens(),
  };
  const isFallback = isLimitedAt(startedAt) && Math.random() < FALLBACK_SHARE;
  return finishPast(answeredExchange(gateway, { ...request, usage, isFallback, account: pick(ACCOUNTS).name }));
}
