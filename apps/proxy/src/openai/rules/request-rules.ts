/**
 * What becomes of each part of a request in OpenAI's forms. This table is read by the translation, and
 * `docs/openai.md` is made from it. What it does not name is left out, and named in `x-claude-proxy-dropped`.
 */
type Fate = 'taken' | 'left_out' | 'refused';

export interface MemberRule {
  readonly name: string;
  readonly fate: Fate;
  readonly note: string;
  /** A value that asks for nothing special is neither refused nor named as left out. */
  readonly withoutEffect?: (value: unknown) => boolean;
}

export interface KindRule {
  readonly kind: string;
  readonly fate: 'taken' | 'left_out';
  readonly note: string;
}

const STATELESS = 'nothing is kept here between requests; send the whole input';
const NO_PROBABILITIES = 'Claude gives no probabilities';

const taken = (name: string, note: string): MemberRule => ({ name, fate: 'taken', note });
const leftOut = (name: string, note: string, withoutEffect?: MemberRule['withoutEffect']): MemberRule => ({
  name,
  fate: 'left_out',
  note,
  ...(withoutEffect ? { withoutEffect } : {}),
});
const refused = (name: string, note: string, withoutEffect?: MemberRule['withoutEffect']): MemberRule => ({
  ...leftOut(name, note, withoutEffect),
  fate: 'refused',
});

/** Members of the body. Both endpoints take the members of both, since some clients mix them. */
export const MEMBER_RULES: readonly MemberRule[] = [
  taken('model', 'an id or short name of Claude, or a name in `OPENAI_MODEL_ALIASES`'),
  taken('messages', 'see the items below'),
  taken('input', 'a text or items, see below; in a chat, where there are no `messages`'),
  taken('instructions', 'the beginning of the system prompt'),
  taken('stream', 'events as they come'),
  taken('stream_options', '`include_usage`: a last chunk with the tokens'),
  taken('max_completion_tokens', 'at most what the model can write'),
  taken('max_tokens', 'as `max_completion_tokens`'),
  taken('max_output_tokens', 'as `max_completion_tokens`'),
  taken('temperature', 'left out on models that refuse it, and above 1'),
  taken('top_p', 'left out on models that refuse it'),
  taken('stop', 'without sequences of white space'),
  taken('tools', 'see the kinds of tools below'),
  taken('functions', 'the old form of `tools`; calls come back as `function_call`'),
  taken('tool_choice', '`required` and named tools become `auto` on models that cannot be forced, and are named then'),
  taken('function_call', 'the old form of `tool_choice`'),
  taken('parallel_tool_calls', 'false: at most one call in an answer'),
  taken('response_format', '`json_schema`: a schema; `json_object`: an instruction'),
  taken('text', '`format` as `response_format`; `verbosity` is left out'),
  taken('reasoning_effort', 'an effort, or a budget on models that have no effort'),
  taken('reasoning', '`effort` as `reasoning_effort`; `summary`: Claude summarizes its thinking'),
  taken('thinking', "in Anthropic's words, by what the model takes"),
  taken('user', 'a hash of it goes to Anthropic'),
  taken('safety_identifier', 'as `user`'),
  taken('service_tier', '`default`: only standard capacity; others are left out'),
  taken('cache_control', 'a breakpoint behind the last block'),
  taken('prompt_cache_key', 'caching for 5 minutes'),
  taken('prompt_cache_retention', '`24h`: caching for an hour; others for 5 minutes'),
  taken('prompt_cache_options', '`ttl`: caching for an hour; `explicit`: only breakpoints of the caller'),
  taken('include', '`reasoning.encrypted_content` comes unasked; others are left out'),
  taken('metadata', 'a response repeats it; a chat leaves it out'),
  refused('n', 'Claude gives one answer per request', (value) => value === 1),
  refused('previous_response_id', STATELESS),
  refused('conversation', STATELESS),
  refused('prompt', 'prompts that are stored at OpenAI are not available here'),
  leftOut('background', 'the answer comes in the same response'),
  leftOut('store', 'nothing is stored'),
  leftOut('logprobs', NO_PROBABILITIES),
  leftOut('top_logprobs', NO_PROBABILITIES),
  leftOut('audio', 'Claude has no audio'),
  leftOut('modalities', 'Claude answers in text', (value) => JSON.stringify(value) === '["text"]'),
  leftOut('web_search_options', 'searching is not part of this interface'),
  leftOut('frequency_penalty', 'Claude has no penalties'),
  leftOut('presence_penalty', 'Claude has no penalties'),
  leftOut('logit_bias', 'Claude has no biases'),
  leftOut('seed', 'Claude has no seed'),
  leftOut('prediction', 'Claude takes no predicted output'),
  leftOut('verbosity', 'say it in the prompt', (value) => value === 'medium'),
  leftOut('moderation', 'Anthropic has its own moderation'),
  leftOut('max_tool_calls', 'no tools run here'),
  leftOut('context_management', 'histories are not shortened here'),
  leftOut('truncation', 'histories are not shortened here', (value) => value === 'disabled'),
];

/** Items of `input`, by type. Messages have a role instead, in `messages` and `input` alike. */
export const ITEM_RULES: readonly KindRule[] = [
  { kind: 'message', fate: 'taken', note: '`system`, `developer`, `user`, `assistant`, `tool` or `function`' },
  { kind: 'function_call', fate: 'taken', note: 'digit for digit; arguments that are not a JSON object are wrapped' },
  { kind: 'function_call_output', fate: 'taken', note: 'put behind its call' },
  { kind: 'custom_tool_call', fate: 'taken', note: 'a call with one text' },
  { kind: 'custom_tool_call_output', fate: 'taken', note: 'put behind its call' },
  { kind: 'reasoning', fate: 'taken', note: "with `encrypted_content` of this gateway; others' are left out" },
  { kind: 'item_reference', fate: 'left_out', note: `${STATELESS} (AI SDK: \`store: false\`)` },
];

/** Parts of a content, by type. A note takes the place of one that is left out, so that Claude can say what is missing. */
export const PART_RULES: readonly KindRule[] = [
  { kind: 'text', fate: 'taken', note: 'also `input_text`, `output_text`, `refusal`' },
  { kind: 'image_url', fate: 'taken', note: 'also `input_image`, `image`: JPEG, PNG, GIF, WebP as data or by address' },
  { kind: 'file', fate: 'taken', note: 'also `input_file`, `document`: PDF, text or image as data, or an address' },
  {
    kind: 'tool_use',
    fate: 'taken',
    note: 'also `tool_result`, `thinking`, `redacted_thinking`: in the form of Anthropic',
  },
  { kind: 'input_audio', fate: 'left_out', note: 'Claude has no audio' },
  { kind: 'file_id', fate: 'left_out', note: 'files that are stored at OpenAI are not available here' },
];

/** Tools, by type. */
export const TOOL_RULES: readonly KindRule[] = [
  { kind: 'function', fate: 'taken', note: 'nested (chat), flat (responses), or with `input_schema` (Anthropic)' },
  { kind: 'custom', fate: 'taken', note: 'a tool with one text; a grammar becomes a part of the description' },
  {
    kind: 'namespace',
    fate: 'taken',
    note: 'its tools, each under the name of the group; calls come back with `namespace`',
  },
  { kind: 'web_search', fate: 'left_out', note: 'OpenAI runs it itself' },
  { kind: 'file_search', fate: 'left_out', note: 'OpenAI runs it itself' },
  { kind: 'code_interpreter', fate: 'left_out', note: 'OpenAI runs it itself' },
  { kind: 'image_generation', fate: 'left_out', note: 'Claude answers in text' },
  { kind: 'mcp', fate: 'left_out', note: 'OpenAI runs it itself' },
  { kind: 'computer', fate: 'left_out', note: 'its form is OpenAI’s own' },
  { kind: 'local_shell', fate: 'left_out', note: 'its form is OpenAI’s own' },
  { kind: 'tool_search', fate: 'left_out', note: 'all tools of the request are offered at once' },
];

const BY_NAME = new Map(MEMBER_RULES.map((rule) => [rule.name, rule]));

export function ruleOfMember(name: string): MemberRule | undefined {
  return BY_NAME.get(name);
}
