import type { Usage } from '@claude-proxy/messages-api';
import { type Attempt, Exchange } from '../../../apps/proxy/src/exchange/exchange.js';
import { recordOf } from '../../../apps/proxy/src/exchange/record-of.js';
import type { CostService } from '../../../apps/proxy/src/prices/cost.service.js';
import { between, type Member, pick } from './company.js';

/** What the history needs of the gateway. */
export interface PastGateway {
  readonly costs: CostService;
  /** Public ids of client keys, by user. */
  readonly keyIds: ReadonlyMap<string, string>;
}

/** A request that was answered. */
export interface PastRequest {
  readonly member: Member;
  readonly startedAt: number;
  readonly model: string;
  readonly usage: Usage;
  readonly account: string;
  readonly session?: string;
  /** Anthropic was limited, so Bedrock answered. */
  readonly isFallback?: boolean;
}

const MS_PER_TOKEN = 14;
const BYTES_PER_TOKEN = 4;
const EVENT_BYTES_PER_TOKEN = 40;
const ABORTED_SHARE = 0.015;

/** Not finished yet, so that its prompt can be compared. */
export function answeredExchange(gateway: PastGateway, request: PastRequest): Exchange {
  const { usage, isFallback = false, account } = request;
  const upstream = isFallback ? 'bedrock' : 'anthropic';
  const exchange = exchangeOf(gateway, request);
  const firstByteMs = (isFallback ? 500 : 350) + Math.random() ** 2 * 2_200;
  const durationMs = firstByteMs + (usage.output_tokens ?? 0) * MS_PER_TOKEN;
  const limited: Attempt[] = isFallback
    ? [{ upstream: 'anthropic', account, status: 429, failure: 'rate_limited', durationMs: between(80, 300) }]
    : [];
  Object.assign(exchange, {
    outcome: Math.random() < ABORTED_SHARE ? 'aborted' : 'completed',
    status: 200,
    upstream,
    isFallback,
    isPaidByOperator: isFallback,
    billedAs: isFallback ? 'bedrock-regional' : undefined,
    fallbackReason: isFallback ? pick(['rate_limited', 'limit_remembered']) : undefined,
    account: isFallback ? undefined : account,
    attempts: [...limited, { upstream, ...(!isFallback && { account }), status: 200, durationMs: firstByteMs }],
    usage,
    firstByteMs,
    elapsedMs: () => durationMs,
    requestBytes: BYTES_PER_TOKEN * promptTokensOf(usage),
    answerBytes: EVENT_BYTES_PER_TOKEN * (usage.output_tokens ?? 0),
    stopReason: pick(['tool_use', 'tool_use', 'tool_use', 'end_turn']),
    masking: maskingOf(request.member),
  });
  const { cost, cacheSaving } = gateway.costs.billOf(exchange);
  exchange.priced(cost, usage, cacheSaving);
  return exchange;
}

/** How a request failed: its status and outcome, and what its upstreams did. */
interface Fault {
  readonly status: number;
  readonly outcome: 'refused' | 'broken';
  readonly errorMessage: string;
  readonly attempts: readonly Attempt[];
}

const FAULTS: readonly Fault[] = [
  {
    status: 400,
    outcome: 'refused',
    errorMessage: 'messages.4.content.0: unexpected `tool_use_id` found in `tool_result` blocks',
    attempts: [{ upstream: 'anthropic', status: 400, durationMs: 180 }],
  },
  {
    status: 529,
    outcome: 'refused',
    errorMessage: 'Overloaded',
    attempts: [
      { upstream: 'anthropic', status: 529, failure: 'overloaded', durationMs: 240 },
      { upstream: 'bedrock', status: 503, failure: 'overloaded', durationMs: 410 },
    ],
  },
  {
    status: 429,
    outcome: 'refused',
    errorMessage: 'This client key may send 30 requests per minute.',
    attempts: [],
  },
  {
    status: 502,
    outcome: 'refused',
    errorMessage: 'anthropic is unreachable',
    attempts: [
      { upstream: 'anthropic', failure: 'unreachable', durationMs: 3_000 },
      { upstream: 'bedrock', failure: 'unreachable', durationMs: 2_900 },
    ],
  },
  {
    status: 200,
    outcome: 'broken',
    errorMessage: 'anthropic ended the stream before its end',
    attempts: [{ upstream: 'anthropic', status: 200, durationMs: 900 }],
  },
];

export function failedExchange(
  gateway: PastGateway,
  request: Pick<PastRequest, 'member' | 'startedAt' | 'model' | 'session'>,
): Exchange {
  const fault = pick(FAULTS);
  const durationMs = fault.attempts.reduce((sum, attempt) => sum + attempt.durationMs, 4);
  return Object.assign(exchangeOf(gateway, request), {
    ...fault,
    upstream: fault.outcome === 'broken' ? 'anthropic' : undefined,
    requestBytes: Math.round(between(40_000, 300_000)),
    elapsedMs: () => durationMs,
  });
}

/** Ends an exchange as the feed does, without its listeners: the history is not in metrics and the live feed. */
export function finishPast(exchange: Exchange): Exchange {
  exchange.finished();
  exchange.recorded(recordOf(exchange));
  return exchange;
}

function promptTokensOf({ input_tokens, cache_creation_input_tokens, cache_read_input_tokens }: Usage): number {
  return (input_tokens ?? 0) + (cache_creation_input_tokens ?? 0) + (cache_read_input_tokens ?? 0);
}

/** What a model writes: mostly little, sometimes a file. */
export function outputTokens(): number {
  return Math.round(40 + Math.random() ** 3 * 1_800);
}

function exchangeOf(
  { keyIds }: PastGateway,
  { member, startedAt, model, session }: Pick<PastRequest, 'member' | 'startedAt' | 'model' | 'session'>,
): Exchange {
  const exchange = new Exchange(member.user, 'messages', '/v1/messages');
  const time = Math.floor(startedAt);
  // An id begins with its time.
  const id = `exc_${time.toString(36).padStart(9, '0')}${exchange.id.slice(-15)}`;
  const facts = { id, startedAt: time, model, isStream: true, hasOperatorCredential: true };
  return Object.assign(exchange, facts, {
    session,
    team: member.team,
    clientKeyId: keyIds.get(member.user),
  });
}

/** People who work on infrastructure have identifiers in their prompts. */
function maskingOf({ team }: Member): Exchange['masking'] {
  if (team !== 'platform' || Math.random() < 0.5) return undefined;
  return {
    replaced: { ARN_IAM: Math.round(between(1, 6)), VPC: Math.round(between(0, 3)) },
    restored: { ARN_IAM: Math.round(between(0, 2)) },
    left: 0,
  };
}
