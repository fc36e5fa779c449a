import { z } from 'zod';
import { anyObject, listOf } from './first-fault.js';

/** The longest name of a model at AWS has 2,048 characters, those of OpenAI and Anthropic 64. */
const modelName = z.string().max(2_048);
const tokens = z.int().min(1);
const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), name: z.string().nullish(), schema: anyObject.nullish() }),
]);
const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: anyObject.nullish() }) }),
]);

/** The members that both endpoints take, as far as they are not lists: those are read entry by entry. */
export const requestShape = z.object({
  model: modelName,
  messages: z.array(z.unknown()).min(1).optional(),
  input: z.union([z.string(), z.array(z.unknown())]).optional(),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: tokens.nullish(),
  max_tokens: tokens.nullish(),
  max_output_tokens: tokens.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), listOf(z.string())]).nullish(),
  tools: z.unknown().optional(),
  tool_choice: z.unknown().optional(),
  functions: z.unknown().optional(),
  function_call: z.unknown().optional(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  text: z.object({ format: format.nullish(), verbosity: z.string().nullish() }).nullish(),
  reasoning_effort: z.string().nullish(),
  reasoning: z.object({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  thinking: anyObject.nullish(),
  include: listOf(z.string()).nullish(),
  metadata: anyObject.nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  service_tier: z.string().nullish(),
});

export type OpenAiRequest = z.infer<typeof requestShape>;
