import { decisionLineOf } from './decision-line.js';
import type { Attempt, Exchange } from './exchange.js';
import type { ExchangeRecord } from './exchange-record.js';

/** Limit for texts from clients and upstreams. A store accepts at most 400 KB per line. */
const MAX_TEXT = 1_000;

/**
 * Without prompt, answer or credential. What is not known, and a count of zero, is undefined and takes no room in a line,
 * which so stays well under 1 KB.
 */
export function recordOf(exchange: Exchange): ExchangeRecord {
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
    attempts: exchange.attempts.map(attemptOf),
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
    repeated: exchange.repeated,
  };
}

function attemptOf({ upstream, account, status, failure, reason, isDrill, leftOut, durationMs }: Attempt) {
  return {
    upstream,
    account,
    status,
    failure,
    reason: textOf(reason),
    is_drill: isDrill || undefined,
    left_out: leftOut,
    duration_ms: Math.round(durationMs),
  };
}

function textOf(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT).toWellFormed();
}
