import type { RequestDetail } from '@claude-proxy/admin-api';

/** An ordinary exchange, and what is special about it. */
export function detailWith(special: Partial<RequestDetail>): RequestDetail {
  return {
    id: 'exc_1',
    started_at: Date.UTC(2026, 10, 21, 10),
    user: 'alice',
    operation: 'messages',
    model: 'claude-opus-5-5',
    upstream: 'anthropic',
    fallback_reason: null,
    is_fallback: false,
    is_drill: false,
    is_stream: true,
    outcome: 'completed',
    status: 200,
    input_tokens: 100,
    output_tokens: 50,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 300,
    is_output_estimated: false,
    cost_usd: 0.25,
    first_byte_ms: 500,
    duration_ms: 1_000,
    path: '/v1/messages',
    attempts: [{ upstream: 'anthropic', status: 200, failure: null, reason: null, is_drill: false, duration_ms: 490 }],
    answered_model: null,
    stop_reason: 'end_turn',
    error: null,
    upstream_request_id: null,
    credential_fingerprint: null,
    request_bytes: 10,
    answer_bytes: 10,
    queue_ms: 1,
    usage: null,
    ...special,
  };
}
