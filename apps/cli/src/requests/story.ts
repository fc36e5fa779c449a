import type { AttemptLine, RequestDetail } from '@claude-proxy/admin-api';
import { countText, durationText, moneyText } from '../text/numbers.js';

/** One request in sentences. */
export function storyOf(detail: RequestDetail): string[] {
  return [
    `${new Date(detail.started_at).toISOString()}  ${detail.id}`,
    callerSentence(detail),
    ...detail.attempts.map((attempt, index) => attemptSentence(attempt, index)),
    ...(detail.account ? [`Account: ${detail.account}.`] : []),
    ...(detail.decision ? [detail.decision.sentence] : []),
    ...choiceSentences(detail),
    endSentence(detail),
    ...usageSentences(detail),
    ...conversationSentences(detail),
    ...maskingSentences(detail),
    ...(detail.upstream_request_id ? [`The request id of the upstream is ${detail.upstream_request_id}.`] : []),
  ];
}

function callerSentence({
  user,
  client_key,
  team,
  credential_fingerprint,
  model,
  operation,
  path,
  is_stream,
  request_bytes,
}: RequestDetail): string {
  const by = [
    `user ${user}`,
    ...(team ? [`team ${team}`] : []),
    ...(client_key ? [`client key ${client_key}`] : []),
    ...(credential_fingerprint ? [`credential ${credential_fingerprint}`] : []),
  ];
  const what = operation === 'messages' ? (is_stream ? 'a stream' : 'an answer') : operation;
  return `Requested: ${what} of ${model ?? 'no model'} at ${path} (${countText(request_bytes)} bytes) by ${by.join(', ')}.`;
}

function attemptSentence(
  { upstream, status, failure, reason, is_drill, left_out = [], duration_ms }: AttemptLine,
  index: number,
): string {
  const outcome =
    failure === null ? `answered with status ${status}` : `failed: ${failure}${status === null ? '' : ` (${status})`}`;
  return [
    `Try ${index + 1}: ${upstream} ${outcome} after ${durationText(duration_ms)}`,
    ...(reason ? [`reason: ${reason}`] : []),
    ...(is_drill ? ['by a drill'] : []),
    ...(left_out.length > 0 ? [`without ${left_out.join(', ')}`] : []),
  ]
    .join('; ')
    .concat('.');
}

function choiceSentences({ is_fallback, fallback_reason, upstream }: RequestDetail): string[] {
  if (is_fallback) return [`The fallback upstream ${upstream} answered, because of: ${fallback_reason ?? 'unknown'}.`];
  if (upstream === null && fallback_reason)
    return [`No upstream answered. The fallback was not available: ${fallback_reason}.`];
  return [];
}

function endSentence({
  outcome,
  status,
  duration_ms,
  first_byte_ms,
  error,
  stop_reason,
  answered_model,
  queue_ms,
}: RequestDetail): string {
  const times = [
    `total ${durationText(duration_ms)}`,
    ...(first_byte_ms === null ? [] : [`first byte ${durationText(first_byte_ms)}`]),
    `in the gateway ${durationText(queue_ms)} before it was sent`,
  ];
  return [
    `Outcome: ${outcome} with status ${status} (${times.join(', ')})`,
    ...(answered_model ? [`answered by ${answered_model}`] : []),
    ...(stop_reason ? [`stop reason ${stop_reason}`] : []),
    ...(error ? [`error: ${error}`] : []),
  ]
    .join('; ')
    .concat('.');
}

function usageSentences(detail: RequestDetail): string[] {
  const {
    input_tokens,
    output_tokens,
    cache_read_input_tokens,
    cache_creation_input_tokens,
    cost_usd,
    is_output_estimated,
  } = detail;
  if (input_tokens + output_tokens + cache_read_input_tokens + cache_creation_input_tokens === 0) return [];
  const price = cost_usd === null ? 'the model has no price' : moneyText(cost_usd);
  return [
    `Tokens: ${countText(input_tokens)} input, ${countText(cache_read_input_tokens)} read from the cache, ${countText(cache_creation_input_tokens)} written to it, ${countText(output_tokens)} output${is_output_estimated ? ' (estimated)' : ''}; ${price}.`,
  ];
}

/** Gateways of earlier versions do not have the fields. */
function conversationSentences({ prompt_cache, repeated }: RequestDetail): string[] {
  const broken = prompt_cache?.cache_break;
  const price = broken?.lost_usd ? `, ${moneyText(broken.lost_usd)}` : '';
  return [
    ...(broken ? [`Prompt cache: ${broken.sentence} (${countText(broken.lost_tokens)} tokens lost${price}).`] : []),
    ...(repeated
      ? [`Loop: the conversation ends with ${repeated.times} equal calls of ${repeated.tools}; the agent may be stuck.`]
      : []),
  ];
}

/** Gateways of earlier versions do not have the field. */
function maskingSentences({ masking }: RequestDetail): string[] {
  if (!masking) return [];
  const total = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rules = Object.keys(masking.replaced).join(', ');
  return [
    `Masking: ${total(masking.replaced)} identifiers replaced (${rules}), ${total(masking.restored)} restored, ${masking.left} left as placeholders.`,
  ];
}
