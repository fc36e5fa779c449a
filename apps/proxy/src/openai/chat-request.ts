import { z } from 'zod';
import { invalidShape, unsupported } from './refusals.js';

const part = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(part)]);
const toolCall = z.object({
  id: z.string(),
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
    tool_calls: z.array(toolCall).nullish(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content }),
]);
export const functionShape = z.object({
  name: z.string(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
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
    allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(namedTool) }),
  }),
]);
export const objectShape = z.record(z.string(), z.unknown());
const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string(), schema: objectShape.nullish() }),
  }),
]);
const tokens = z.int().min(1);

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: tokens.nullish(),
  max_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: z.string().nullish(),
  thinking: objectShape.nullish(),
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
