/**
 * The treatment of a part of the request for Bedrock:
 * `passed` unchanged; `translated` into an equivalent; `left_out`, which the answer's header and the
 * request log name; `forbids` the fallback, because the answer would mean something else.
 */
export type Policy = 'passed' | 'translated' | 'left_out' | 'forbids';

export interface FieldPolicy {
  readonly field: string;
  readonly policy: Policy;
  /** How it is translated, or why it is dropped or forbids the fallback. */
  readonly note: string;
  /** Values that equal Bedrock's behavior: dropping them loses nothing. */
  readonly withoutLoss?: readonly unknown[];
}

const passed = (fields: string, note = ''): FieldPolicy[] =>
  fields.split(' ').map((field) => ({ field, policy: 'passed', note }));
const translated = (field: string, note: string): FieldPolicy => ({ field, policy: 'translated', note });
const forbids = (field: string, note: string): FieldPolicy => ({ field, policy: 'forbids', note });
const leftOut = (field: string, note: string, ...withoutLoss: unknown[]): FieldPolicy => ({
  field,
  policy: 'left_out',
  note,
  withoutLoss,
});

/**
 * The members of the body. A member that is not in this table is passed; if Bedrock refuses it, it is dropped for
 * a day by requests of the same shape. Sources, as of November 2026: AWS user guide "Anthropic Claude Messages API";
 * platform.claude.com "Claude on Amazon Bedrock".
 */
export const FIELD_POLICIES: readonly FieldPolicy[] = [
  ...passed(
    'max_tokens',
    'Bedrock reserves its quota by it: lower where a caller of the OpenAI endpoints has set no limit (32,000, more beside a budget for thinking)',
  ),
  ...passed('messages stop_sequences tools tool_choice'),
  ...passed('temperature top_p top_k', 'the default of a model without sampling (1, 0.99 and more) is removed'),
  translated('model', 'becomes the model id of the path'),
  translated('stream', 'becomes the operation of the path'),
  translated('betas', 'becomes `anthropic_beta`'),
  translated('anthropic_beta', 'chosen by the table of betas'),
  translated('anthropic_version', '`bedrock-2023-05-31`, which every model accepts'),
  translated('system', "without Claude Code's attribution block, which Anthropic removes itself"),
  translated('thinking', '`enabled` becomes `adaptive` if the model has only that; `display` is never lost'),
  translated('output_format', 'becomes `output_config.format`'),
  ...passed('output_config.format'),
  leftOut('output_config.effort', 'on models without it'),
  leftOut('output_config.task_budget', 'not available'),
  translated('metadata.user_id', "a SHA-256 hash, because Bedrock refuses Claude Code's value"),
  leftOut('context_management', 'edits that the model does not have; `clear_thinking` with `keep: all` does nothing'),
  leftOut('compaction', 'on models without it'),
  translated('cache_control', 'becomes a breakpoint on the last block that can have one, at most 4 in all'),
  leftOut('cache_control.scope', 'refused on every model'),
  leftOut('cache_control.ttl', 'on models before 4.5'),
  ...passed('safeguards', 'if the answer has no verdict, `unavailable` with the reason `error` is added'),
  translated('inference_geo', 'checked against the inference profile; forbids the fallback if data could leave'),
  forbids('container', 'containers run at Anthropic'),
  forbids('mcp_servers', 'MCP servers are called by Anthropic'),
  translated('thread', 'a new thread is answered without one; `continue` gets `thread_not_found`'),
  leftOut('service_tier', "Anthropic's priority tier", 'auto', 'standard_only'),
  leftOut('speed', 'fast mode is not available', 'standard'),
  leftOut('diagnostics', 'not available'),
  leftOut('fallbacks', "Anthropic's own fallback between models"),
  leftOut('fallback_credit_token', 'not available'),
  leftOut('billing_policy', 'not available'),
  leftOut('user_profile_id', 'not available'),
  leftOut('resumption', 'the answer is sent completely, from its beginning'),
  leftOut('request_tags', 'not available'),
  leftOut('messages.output_config', 'not available'),
  leftOut('messages.clear_at', 'not available'),
  ...passed('tools.strict', 'left out if Bedrock refuses it'),
  translated('tools.name', 'at most 64 letters, digits, `_` and `-`: longer names are shortened and restored'),
  translated('tools.defer_loading', 'with the tool search beta, else the tool is loaded at once'),
  leftOut('tools.input_examples', 'on models without the beta'),
  leftOut('tools.eager_input_streaming', 'refused on every model'),
  forbids('tools.allowed_callers', 'programmatic tool calls; `direct` is removed'),
  forbids('tools of `web_search`, `web_fetch`, `code_execution`, `advisor`', 'run by Anthropic'),
  forbids('tools of `computer_toolset`, `browser_toolset`, `mcp_toolset`', 'not available'),
  translated('blocks of server tools in the history', 'become text'),
  forbids('images and documents by `url` or `file`', 'Bedrock accepts base64 only'),
  forbids('`container_upload`', 'the file is at Anthropic'),
];

const ROW_BY_FIELD = new Map(FIELD_POLICIES.map((row) => [row.field, row]));

export function policyOfField(field: string): FieldPolicy | undefined {
  return ROW_BY_FIELD.get(field);
}
