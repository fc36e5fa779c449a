import { z } from 'zod';
import { anyObject, listOf } from '../first-fault.js';
import { invalidShape, unsupported } from '../refusals.js';

const part = z.looseObject({ type: z.string() });
const content = z.union([z.string(), listOf(part)]);
/** OpenAI's own ids have some 30 characters; each is looked at. */
export const callId = z.string().max(512);
/** The longest name of a model at AWS has 2,048 characters, those of OpenAI and Anthropic 64. */
export const modelName = z.string().max(2_048);
const toolCall = z.object({
  id: callId,
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    refusal: z.string().nullish(),
    tool_calls: listOf(toolCall).nullish(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: callId, content }),
]);
export const functionShape = z.object({
  name: z.string(),
  description: z.string().nullish(),
  parameters: anyObject.nullish(),
  strict: z.boolean().nullish(),
});
const tool = z.object({
  type: z.literal('function', 'only tools of type "function" are supported'),
  function: functionShape,
});
const namedTool = z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) });
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  namedTool,
  z.object({
    type: z.literal('allowed_tools'),
    allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: listOf(namedTool) }),
  }),
]);
const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: anyObject.nullish() }),
  }),
]);
const tokens = z.int().min(1);

const chatRequest = z.object({
  model: modelName,
  messages: listOf(message, 1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: tokens.nullish(),
  max_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), listOf(z.string())]).nullish(),
  tools: listOf(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  thinking: anyObject.nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;
export type ChatMessage = ChatRequest['messages'][number];

type Members = Readonly<Record<string, unknown>>;

/** Asked for in vain: the answer would not be what the caller takes it for. */
const REFUSED: readonly [param: string, isHarmless: (value: unknown) => boolean, reason: string][] = [
  ['n', (value) => value === 1, 'Claude gives one answer per request'],
  ['logprobs', (value) => value === false, 'Claude tells no probabilities'],
  ['top_logprobs', (value) => value === 0, 'Claude tells no probabilities'],
  ['functions', () => false, 'it is deprecated; use tools'],
  ['function_call', () => false, 'it is deprecated; use tool_choice'],
  ['audio', () => false, 'Claude neither hears nor speaks'],
  ['modalities', (value) => JSON.stringify(value) === '["text"]', 'Claude answers in text'],
  ['web_search_options', () => false, 'searching is not part of this interface'],
];

/** Left out without harm: the answer is still an answer to what was asked. */
const IGNORED = [
  ...['frequency_penalty', 'presence_penalty', 'logit_bias', 'seed', 'prediction', 'verbosity', 'store', 'metadata'],
  'moderation',
];

/** @throws GatewayError naming the first member at fault */
export function readChatRequest(members: Members): { request: ChatRequest; ignored: string[] } {
  refuse(members, REFUSED);
  const parsed = chatRequest.safeParse(members);
  if (!parsed.success) throw invalidShape(parsed.error);
  return { request: parsed.data, ignored: ignoredIn(members, IGNORED) };
}

export function refuse(members: Members, refused: typeof REFUSED): void {
  for (const [param, isHarmless, reason] of refused) {
    const value = members[param];
    if (value !== undefined && value !== null && !isHarmless(value)) throw unsupported(param, reason);
  }
}

/** What is there and would have changed something. */
export function ignoredIn(members: Members, names: readonly string[]): string[] {
  return names.filter((name) => {
    const value = members[name];
    return value !== undefined && value !== null && value !== 0 && value !== false;
  });
}
