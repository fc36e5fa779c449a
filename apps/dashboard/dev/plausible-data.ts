import type { Outcome, RequestDetail, RequestLine } from '@claude-proxy/admin-api';

/** A company of some dozen developers: who they are, how much they ask, which models they like. */
const PEOPLE: readonly (readonly [user: string, weight: number])[] = [
  ['minji.kim@example.com', 17],
  ['alice@example.com', 14],
  ['joon.park@example.com', 12],
  ['priya@example.com', 9],
  ['bob@example.com', 8],
  ['soyeon.lee@example.com', 7],
  ['ci-reviewer', 11],
  ['tomas@example.com', 5],
  ['hana.choi@example.com', 5],
  ['김철수', 4],
  ['lena@example.com', 3],
  ['default', 2],
  ['data-platform-nightly', 3],
];
interface Model {
  readonly name: string;
  readonly weight: number;
  /** US dollars per million: input, output, cache write, cache read. */
  readonly prices: readonly [number, number, number, number];
  readonly firstByteMs: number;
}
const MODELS: readonly Model[] = [
  { name: 'claude-opus-5-5', weight: 40, prices: [5, 25, 6.25, 0.5], firstByteMs: 1_450 },
  { name: 'claude-sonnet-5-5', weight: 38, prices: [3, 15, 3.75, 0.3], firstByteMs: 820 },
  { name: 'claude-haiku-5-5', weight: 22, prices: [1, 5, 1.25, 0.1], firstByteMs: 380 },
];
/** Requests per hour of the day, as a share of the busiest hour. */
const DAY_CURVE = [
  0.06, 0.05, 0.04, 0.04, 0.05, 0.06, 0.1, 0.22, 0.5, 0.82, 0.95, 0.88, 0.55, 0.78, 0.98, 1, 0.92, 0.8, 0.55, 0.35,
  0.25, 0.18, 0.12, 0.08,
];
/** In the afternoon the organisation meets its limit. */
const LIMITED_HOURS: Readonly<Record<number, number>> = { 10: 0.12, 14: 0.3, 15: 0.55, 16: 0.42, 17: 0.1 };

const HOUR_MS = 3_600_000;
const PER_BUSIEST_HOUR = 420;

export type Chance = () => number;

/** The same numbers on every run (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A believable stretch of exchanges up to `until`, the oldest first. */
export function plausibleLines(until: number, hours: number, chance: Chance): RequestLine[] {
  const lines: RequestLine[] = [];
  for (let hour = hours; hour > 0; hour -= 1) {
    const from = until - hour * HOUR_MS;
    const hourOfDay = new Date(from).getHours();
    const isWeekend = [0, 6].includes(new Date(from).getDay());
    const count = Math.round(
      PER_BUSIEST_HOUR * DAY_CURVE[hourOfDay]! * (isWeekend ? 0.2 : 1) * (0.85 + chance() * 0.3),
    );
    for (let each = 0; each < count; each += 1) {
      lines.push(plausibleLine(from + chance() * HOUR_MS, chance, LIMITED_HOURS[hourOfDay] ?? 0.01));
    }
  }
  return lines.sort((a, b) => a.started_at - b.started_at);
}

/** One exchange; `limitedShare` of them meet a limit of Anthropic. */
export function plausibleLine(
  startedAt: number,
  chance: Chance,
  limitedShare: number,
  isDrill = false,
  user = picked(PEOPLE, chance)[0],
): RequestLine {
  const model =
    MODELS[
      weightedIndex(
        MODELS.map(({ weight }) => weight),
        chance,
      )
    ]!;
  const isLimited = chance() < limitedShare;
  const outcome = plausibleOutcome(chance);
  const firstByte = model.firstByteMs * (0.5 + skewed(chance) * 1.6) * (isLimited ? 1.35 : 1);
  const tokens = outcome === 'refused' ? NO_TOKENS : plausibleTokens(chance, isLimited);
  const upstream = outcome === 'refused' && chance() < 0.3 ? null : isLimited ? 'bedrock' : 'anthropic';
  return {
    id: exchangeId(startedAt, chance),
    started_at: Math.floor(startedAt),
    user,
    operation: 'messages',
    model: model.name,
    upstream,
    fallback_reason: isLimited ? plausibleReason(chance, isDrill) : null,
    is_fallback: upstream === 'bedrock',
    is_drill: isLimited && isDrill,
    is_stream: chance() < 0.94,
    outcome,
    status: outcome === 'refused' ? [400, 429, 529, 503][Math.floor(chance() * 4)]! : 200,
    ...tokens,
    is_output_estimated: outcome === 'aborted' || outcome === 'broken',
    cost_usd: outcome === 'refused' ? null : costOf(tokens, model),
    first_byte_ms: Math.round(firstByte),
    duration_ms: Math.round(firstByte + tokens.output_tokens * (8 + chance() * 10)),
    upstream_request_id: 'req_011CVLnP4yfQ7wM2s8pVcgZd',
    client_key: null,
    account: null,
    team: null,
    session: null,
    cache_break: null,
  };
}

type Tokens = Pick<
  RequestLine,
  'input_tokens' | 'output_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'
>;

const NO_TOKENS: Tokens = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/** Bedrock keeps a cache of its own: who has just come there finds less in it. */
function plausibleTokens(chance: Chance, isLimited: boolean): Tokens {
  const context = 4_000 + skewed(chance) * 90_000;
  return {
    input_tokens: Math.round(20 + chance() * 2_400),
    output_tokens: Math.round(60 + skewed(chance) * 1_900),
    cache_creation_input_tokens: Math.round(context * 0.08 * chance()),
    cache_read_input_tokens: Math.round(context * (isLimited ? 0.55 : 0.9) * (0.6 + chance() * 0.4)),
  };
}

function costOf(tokens: Tokens, { prices: [input, output, write, read] }: Model): number {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = tokens;
  const perMillion =
    input_tokens * input +
    output_tokens * output +
    cache_creation_input_tokens * write +
    cache_read_input_tokens * read;
  return perMillion / 1e6;
}

function plausibleReason(chance: Chance, isDrill: boolean): string {
  if (isDrill) return 'drill';
  return chance() < 0.85 ? 'limit_remembered' : 'rate_limited';
}

function exchangeId(startedAt: number, chance: Chance): string {
  const time = Math.floor(startedAt).toString(36).padStart(9, '0');
  const random = Math.floor(chance() * 2 ** 48).toString(16);
  return `exc_${time}${random.padStart(15, '0')}`;
}

/** What the gateway would know about it beside its line. */
export function plausibleDetail(line: RequestLine): RequestDetail {
  const { upstream, fallback_reason, first_byte_ms, status, is_drill } = line;
  const firstByte = first_byte_ms ?? line.duration_ms;
  const wasAsked = fallback_reason === 'rate_limited' || is_drill;
  const refusal = {
    upstream: 'anthropic',
    status: is_drill ? null : 429,
    failure: 'rate_limited',
    reason: is_drill ? 'simulated rate limit (drill)' : 'This request would exceed your organization’s rate limit.',
    is_drill,
    duration_ms: is_drill ? 0 : Math.round(firstByte * 0.2),
  };
  const answer = {
    upstream: upstream ?? 'anthropic',
    status,
    failure: line.outcome === 'refused' ? 'rejected' : null,
    reason: line.outcome === 'refused' ? 'messages: at least one message is required' : null,
    is_drill,
    duration_ms: Math.round(firstByte * (wasAsked ? 0.78 : 0.98)),
  };
  return {
    ...line,
    path: '/v1/messages?beta=true',
    attempts: wasAsked ? [refusal, answer] : [answer],
    answered_model: null,
    stop_reason: line.outcome === 'completed' ? 'tool_use' : null,
    error: line.outcome === 'refused' ? 'messages: at least one message is required' : null,
    decision: null,
    credential_fingerprint: '9f2c51ab03de',
    request_bytes: Math.round(line.cache_read_input_tokens * 3.9),
    answer_bytes: line.output_tokens * 61,
    repeated: null,
    masking: firstByte % 10 === 0 ? { replaced: { ARN_IAM: 4, VPC: 2 }, restored: { ARN_IAM: 1 }, left: 0 } : null,
    prompt_cache: null,
    queue_ms: Math.max(0, firstByte - Math.round(firstByte * 0.98)),
    usage:
      line.outcome === 'refused'
        ? null
        : { input_tokens: line.input_tokens, output_tokens: line.output_tokens, service_tier: 'standard' },
  };
}

function plausibleOutcome(chance: Chance): Outcome {
  const roll = chance();
  if (roll < 0.962) return 'completed';
  if (roll < 0.985) return 'aborted';
  return roll < 0.996 ? 'refused' : 'broken';
}

/** Mostly small, seldom large: 0 to about 1.6. */
function skewed(chance: Chance): number {
  return -Math.log(1 - chance() * 0.99) / 2.9;
}

function picked<T extends readonly [string, number]>(choices: readonly T[], chance: Chance): T {
  return choices[
    weightedIndex(
      choices.map(([, weight]) => weight),
      chance,
    )
  ]!;
}

function weightedIndex(weights: readonly number[], chance: Chance): number {
  let rest = chance() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}
