import type { RequestDetail, RequestLine } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import { decisionLineOf } from '../exchange/decision-line.js';
import type { Attempt, FinishedExchange } from '../exchange/exchange.js';

/** Limit for texts from clients and upstreams. A store accepts at most 400 KB per line. */
const MAX_TEXT = 1_000;

/**
 * The stored facts of an exchange, without prompt, answer or credential. What is not known is undefined and not stored, so
 * a line stays well under 1 KB.
 */
export function keptOf(exchange: FinishedExchange): Item {
  const { usage, costNanoUsd, accountDecision } = exchange;
  return {
    id: exchange.id,
    started_at: exchange.startedAt,
    user: textOf(exchange.user),
    operation: exchange.operation,
    model: textOf(exchange.model),
    upstream: exchange.upstream,
    fallback_reason: textOf(exchange.fallbackReason),
    is_fallback: exchange.isFallback || undefined,
    is_drill: exchange.isDrill || undefined,
    is_stream: exchange.isStream || undefined,
    outcome: exchange.outcome,
    status: exchange.status,
    input_tokens: usage?.input_tokens || undefined,
    output_tokens: usage?.output_tokens || undefined,
    cache_creation_input_tokens: usage?.cache_creation_input_tokens || undefined,
    cache_read_input_tokens: usage?.cache_read_input_tokens || undefined,
    is_output_estimated: exchange.isOutputEstimated || undefined,
    cost_usd: typeof costNanoUsd === 'number' ? costNanoUsd / 1e9 : undefined,
    first_byte_ms: exchange.firstByteMs === undefined ? undefined : Math.round(exchange.firstByteMs),
    duration_ms: Math.round(exchange.durationMs),
    path: textOf(exchange.path.split('?')[0]),
    attempts: exchange.attempts.map(attemptLineOf),
    answered_model: textOf(exchange.answeredModel),
    stop_reason: textOf(exchange.stopReason),
    error: textOf(exchange.errorMessage),
    upstream_request_id: textOf(exchange.upstreamRequestId),
    credential_fingerprint: exchange.credentialFingerprint,
    client_key: exchange.clientKeyId,
    team: exchange.team,
    session: textOf(exchange.session),
    account: exchange.account,
    decision: accountDecision && decisionLineOf(accountDecision),
    request_bytes: exchange.requestBytes || undefined,
    answer_bytes: exchange.answerBytes || undefined,
    queue_ms: Math.round(exchange.queueMs ?? 0) || undefined,
    usage,
    masking: exchange.masking,
    cache_break: exchange.promptCache?.cache_break?.reason.kind,
    prompt_cache: exchange.promptCache,
  };
}

/** All facts of an exchange, the unknown ones by their names. */
export function detailOf(exchange: FinishedExchange): RequestDetail {
  return detailIn(keptOf(exchange));
}

/** The values of fields that are not stored. */
const UNKNOWN = {
  model: null,
  upstream: null,
  fallback_reason: null,
  is_fallback: false,
  is_drill: false,
  is_stream: false,
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  is_output_estimated: false,
  cost_usd: null,
  first_byte_ms: null,
  answered_model: null,
  stop_reason: null,
  error: null,
  upstream_request_id: null,
  credential_fingerprint: null,
  client_key: null,
  team: null,
  session: null,
  account: null,
  decision: null,
  request_bytes: 0,
  answer_bytes: 0,
  queue_ms: 0,
  usage: null,
  masking: null,
  cache_break: null,
  prompt_cache: null,
} as const satisfies Partial<RequestDetail>;

/** The detail in an item of the table. */
export function detailIn({ partition: _partition, sort: _sort, ttl: _ttl, ...kept }: Item): RequestDetail {
  for (const [field, value] of Object.entries(UNKNOWN)) kept[field] ??= value;
  return kept as unknown as RequestDetail;
}

const LINE_FIELDS = [
  'id',
  'started_at',
  'user',
  'operation',
  'model',
  'upstream',
  'fallback_reason',
  'is_fallback',
  'is_drill',
  'is_stream',
  'outcome',
  'status',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'is_output_estimated',
  'cost_usd',
  'first_byte_ms',
  'duration_ms',
  'upstream_request_id',
  'client_key',
  'team',
  'account',
  'session',
  'cache_break',
] as const satisfies readonly (keyof RequestLine)[];

/** The part of a detail for lists. */
export function lineOf(detail: RequestDetail): RequestLine {
  return Object.fromEntries(LINE_FIELDS.map((field) => [field, detail[field]])) as unknown as RequestLine;
}

function attemptLineOf({
  upstream,
  account,
  status,
  failure,
  reason,
  isDrill,
  leftOut,
  durationMs,
}: Attempt): RequestDetail['attempts'][number] {
  return {
    upstream,
    ...(account !== undefined && { account }),
    status: status ?? null,
    failure: failure ?? null,
    reason: textOf(reason) ?? null,
    is_drill: isDrill ?? false,
    ...(leftOut && { left_out: leftOut }),
    duration_ms: Math.round(durationMs),
  };
}

function textOf(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT).toWellFormed();
}
