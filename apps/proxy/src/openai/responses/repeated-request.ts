import type { JsonObject } from '../json-object.js';
import type { OpenAiRequest } from '../request-shape.js';

/** The members of a request that its answer repeats, as OpenAI does. */
export type RepeatedRequest = Partial<
  Pick<
    OpenAiRequest,
    | 'instructions'
    | 'max_output_tokens'
    | 'metadata'
    | 'parallel_tool_calls'
    | 'reasoning'
    | 'temperature'
    | 'text'
    | 'tool_choice'
    | 'tools'
    | 'top_p'
    | 'user'
  >
>;

/** A stream repeats them three times. What is longer stays out, and only settings are repeated. */
const MAX_REPEATED_CHARACTERS = 256 * 1024;

export function repeatedOf(request: OpenAiRequest): RepeatedRequest {
  const { max_output_tokens, parallel_tool_calls, temperature, top_p } = request;
  const { instructions, metadata, reasoning, text, tool_choice, tools, user } = request;
  const settings = { max_output_tokens, parallel_tool_calls, temperature, top_p };
  const others = { instructions, metadata, reasoning, text, tool_choice, tools, user };
  return JSON.stringify(others).length > MAX_REPEATED_CHARACTERS ? settings : { ...settings, ...others };
}

export function repeatedMembers(request: RepeatedRequest): JsonObject {
  return {
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    store: false,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' } },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_p: request.top_p ?? 1,
    truncation: 'disabled',
    user: request.user ?? null,
  };
}
