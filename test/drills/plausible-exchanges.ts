import { Exchange } from '../../apps/proxy/src/exchange/exchange.js';

const HOUR_MS = 60 * 60 * 1_000;
const USERS = ['alice', 'bob', 'chloé', 'dmitri', 'eun-ji', 'farid', 'grace', 'hiro', 'ci-nightly', 'support-bot'];
const MODELS = [
  'claude-opus-5-5',
  'claude-opus-5-5',
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
];
/** Typical nano-dollars per answer of each model, independent of the price list. */
const COST_NANO_USD: Readonly<Record<string, number>> = {
  'claude-opus-5-5': 42_000_000,
  'claude-sonnet-5-5': 18_000_000,
  'claude-haiku-5-5': 900_000,
};
/** Load relative to the peak of a working day, by hour. */
const RHYTHM = [2, 1, 1, 1, 1, 2, 5, 14, 38, 64, 80, 74, 52, 70, 88, 92, 84, 66, 40, 24, 14, 9, 6, 4].map(
  (share) => share / 100,
);
const EXCHANGES_AT_PEAK = 60;
const LIMITED_HOUR = 15;

export const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)]!;
export const plausibleUser = () => pick(USERS);
export const plausibleModel = () => pick(MODELS);

/** Finished exchanges of the last day: the load of a working day, and one hour with a limit at Anthropic. */
export function* exchangesOfADay(nowMs: number): Generator<Exchange> {
  for (let back = 24; back > 0; back -= 1) {
    const hourMs = nowMs - back * HOUR_MS;
    const hour = new Date(hourMs).getHours();
    const count = Math.round(RHYTHM[hour]! * EXCHANGES_AT_PEAK * (0.8 + Math.random() * 0.4)) + 1;
    for (let index = 0; index < count; index += 1) {
      yield exchangeAt(hourMs + Math.random() * HOUR_MS, hour === LIMITED_HOUR && Math.random() < 0.7);
    }
  }
}

function exchangeAt(startedAtMs: number, isFallback: boolean): Exchange {
  const startedAt = Math.floor(startedAtMs);
  const model = plausibleModel();
  const output = Math.round(40 + Math.random() ** 3 * 3_000);
  const firstByteMs = 350 + Math.random() ** 2 * 2_500;
  const durationMs = firstByteMs + output * 12;
  const isRefused = Math.random() < 0.012;
  const exchange = new Exchange(plausibleUser(), 'messages', '/v1/messages');
  return Object.assign(exchange, {
    id: `exc_${startedAt.toString(36).padStart(9, '0')}${exchange.id.slice(-15)}`,
    startedAt,
    elapsedMs: () => durationMs,
    model,
    isStream: true,
    isFallback,
    upstream: isFallback ? 'bedrock' : 'anthropic',
    fallbackReason: isFallback ? 'limit_remembered' : undefined,
    outcome: isRefused ? 'refused' : Math.random() < 0.02 ? 'aborted' : 'completed',
    status: isRefused ? 400 : 200,
    attempts: [
      { upstream: isFallback ? 'bedrock' : 'anthropic', status: isRefused ? 400 : 200, durationMs: firstByteMs },
    ],
    firstByteMs,
    requestBytes: 60_000 + Math.round(Math.random() * 400_000),
    answerBytes: output * 120,
    ...(isRefused ? {} : usedBy(model, output)),
  });
}

function usedBy(model: string, output: number) {
  const cached = Math.round(20_000 + Math.random() * 60_000);
  return {
    costNanoUsd: Math.round(COST_NANO_USD[model]! * (0.5 + Math.random())),
    stopReason: pick(['tool_use', 'tool_use', 'end_turn']),
    usage: {
      input_tokens: Math.round(20 + Math.random() * 800),
      output_tokens: output,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: Math.round(cached * Math.random() * 0.15),
    },
  };
}
