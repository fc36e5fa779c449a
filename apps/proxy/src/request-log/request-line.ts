import type { RequestDetail, RequestLine } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';

/** All facts of an exchange, the unknown ones by their names. */
export function detailOf(exchange: FinishedExchange): RequestDetail {
  return detailIn(exchange.record as unknown as Item);
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
  repeated: null,
  cache_break: null,
  prompt_cache: null,
} as const satisfies Partial<RequestDetail>;

const UNKNOWN_OF_ATTEMPT = {
  status: null,
  failure: null,
  reason: null,
  is_drill: false,
} as const satisfies Partial<RequestDetail['attempts'][number]>;

function withUnknown(facts: Item, unknown: Item): Item {
  for (const [field, value] of Object.entries(unknown)) facts[field] ??= value;
  return facts;
}

/** The detail in an item of the table. */
export function detailIn({ partition: _partition, sort: _sort, ttl: _ttl, ...kept }: Item): RequestDetail {
  const detail = withUnknown(kept, UNKNOWN);
  detail.attempts = (detail.attempts as readonly Item[]).map((attempt) =>
    withUnknown({ ...attempt }, UNKNOWN_OF_ATTEMPT),
  );
  return detail as unknown as RequestDetail;
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
