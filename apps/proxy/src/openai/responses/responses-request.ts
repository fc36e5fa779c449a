import { z } from 'zod';
import { callId, functionShape, ignoredIn, modelName, refuse } from '../chat/chat-request.js';
import { anyObject, listOf, mapOf } from '../first-fault.js';
import { invalidShape, quoted, unsupported } from '../refusals.js';

const part = z.looseObject({ type: z.string() });
const content = z.union([z.string(), listOf(part)]);

const message = z.object({ role: z.enum(['user', 'assistant', 'system', 'developer']), content });
const functionCall = z.object({ call_id: callId, name: z.string(), arguments: z.string() });
const functionCallOutput = z.object({ call_id: callId, output: content });
const item = z.looseObject({ type: z.string().optional() });

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), name: z.string() }),
]);
const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), name: z.string(), schema: anyObject }),
]);

const responsesRequest = z.object({
  model: modelName,
  input: z.union([z.string(), listOf(item)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  tools: listOf(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
  reasoning: z.object({ effort: z.string().nullish() }).nullish(),
  metadata: mapOf(z.string()).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  service_tier: z.string().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;

type Members = Readonly<Record<string, unknown>>;

const STATELESS = 'nothing is kept here between requests; send the whole input';
const REFUSED: Parameters<typeof refuse>[1] = [
  ['previous_response_id', () => false, STATELESS],
  ['conversation', () => false, STATELESS],
  ['background', (value) => value === false, STATELESS],
  ['prompt', () => false, 'prompts of OpenAI are not at hand here'],
  ['top_logprobs', (value) => value === 0, 'Claude tells no probabilities'],
];
const IGNORED = ['store', 'max_tool_calls', 'context_management', 'moderation', 'image'];

/** @throws GatewayError naming the first member at fault */
export function readResponsesRequest(members: Members): { request: ResponsesRequest; ignored: string[] } {
  refuse(members, REFUSED);
  const parsed = responsesRequest.safeParse(members);
  if (!parsed.success) throw invalidShape(parsed.error);
  return { request: parsed.data, ignored: ignoredIn(members, IGNORED) };
}

/** What was said or done, one after the other. */
export type InputItem =
  | ({ readonly kind: 'message' } & z.infer<typeof message>)
  | ({ readonly kind: 'function_call' } & z.infer<typeof functionCall>)
  | ({ readonly kind: 'function_call_output' } & z.infer<typeof functionCallOutput>);

/** Undefined for what Claude has no use for: the reasoning of another model. */
export function readItem(given: z.infer<typeof item>, param: string): InputItem | undefined {
  switch (given.type) {
    case undefined:
    case 'message':
      return { kind: 'message', ...shaped(message, given, param) };
    case 'function_call':
      return { kind: 'function_call', ...shaped(functionCall, given, param) };
    case 'function_call_output':
      return { kind: 'function_call_output', ...shaped(functionCallOutput, given, param) };
    case 'reasoning':
      return undefined;
    default:
      throw unsupported(param, `items of type ${quoted(given.type)} are not known here`);
  }
}

export function readTool(given: { type: string }, param: string): z.infer<typeof functionShape> {
  if (given.type === 'function') return shaped(functionShape, given, param);
  throw unsupported(param, `of tools there are functions only, and this is ${quoted(given.type)}`);
}

function shaped<Shape extends z.ZodType>(shape: Shape, value: unknown, param: string): z.infer<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidShape(parsed.error, param);
}
