import { anthropicFailure } from './anthropic-refusals.js';
import type { Failure } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';

/** How strictly the simulated Anthropic checks a request. */
export interface AnthropicCheckOptions {
  /** False: every request with JSON is answered, with any headers. */
  readonly isStrict: boolean;
  /** If set, every other credential is refused with 401. */
  readonly knownCredentials?: readonly string[];
}

const SAMPLING_FIELDS = ['temperature', 'top_p', 'top_k'];
const KNOWN_FIELDS = new Set([
  ...['model', 'max_tokens', 'messages', 'system', 'stream', 'stop_sequences', 'tools', 'tool_choice', 'thinking'],
  ...['output_config', 'metadata', 'service_tier', 'speed', 'inference_geo', 'cache_control', 'container'],
  ...['diagnostics', 'temperature', 'top_p', 'top_k', 'context_management', 'mcp_servers', 'fallbacks'],
  ...['fallback_credit_token', 'compaction', 'thread', 'billing_policy', 'output_format', 'safeguards'],
]);

/** Refuses a request without a credential, or with an unknown one. */
export function credentialFailure(
  { credential }: RecordedRequest,
  { knownCredentials }: AnthropicCheckOptions,
): Failure | undefined {
  if (!credential) return anthropicFailure('authentication_error', 'x-api-key header is required');
  if (knownCredentials === undefined || knownCredentials.includes(credential)) return undefined;
  return anthropicFailure('authentication_error', 'invalid x-api-key');
}

/** Refuses a Messages body like the real service, with its messages. */
export function messagesBodyFailure(
  recorded: RecordedRequest,
  { isStrict }: AnthropicCheckOptions,
): Failure | undefined {
  if (!isStrict) return undefined;
  const complaint = headerComplaint(recorded) ?? bodyComplaint(recorded);
  return complaint === undefined ? undefined : anthropicFailure('invalid_request_error', complaint);
}

function headerComplaint({ headers }: RecordedRequest): string | undefined {
  if (!headers['anthropic-version']) return 'anthropic-version: header is required';
  return undefined;
}

function bodyComplaint({ json, headers }: RecordedRequest): string | undefined {
  if (json === undefined) return 'The request body is not valid JSON';
  const missing = ['model', 'max_tokens', 'messages'].find((field) => json[field] === undefined);
  if (missing !== undefined) return `${missing}: Field required`;
  if (!Array.isArray(json.messages) || json.messages.length === 0) return 'messages: at least one message is required';
  const refused = Object.keys(json).find((field) => !isFieldOf(headers['anthropic-version'], field));
  return refused === undefined ? undefined : `${refused}: Extra inputs are not permitted`;
}

function isFieldOf(version: string | string[] | undefined, field: string): boolean {
  return KNOWN_FIELDS.has(field) && !(version === '2026-10-21' && SAMPLING_FIELDS.includes(field));
}
