import type { ToolUse } from './answer-options.js';
import { answer, type Behaviour } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';

/** A tool loop with one call: the call, and the final text after its result. */
export interface ToolLoopOptions extends ToolUse {
  readonly finalText: string;
  /** Text before the call, in the same answer. */
  readonly text?: string;
}

/**
 * Selects the answer of a tool loop from the request: the final text if the last message contains a tool result, the
 * tool call if the request offers that tool, and otherwise the greeting (titles and other side requests).
 */
export function toolLoop({ finalText, text, ...toolUse }: ToolLoopOptions): (request: RecordedRequest) => Behaviour {
  return (request) => {
    if (endsWithToolResult(request)) return answer({ text: finalText });
    if (!offersTool(request, toolUse.name)) return answer();
    return answer(text === undefined ? { toolUse } : { text, toolUse });
  };
}

function endsWithToolResult({ json }: RecordedRequest): boolean {
  const messages: readonly unknown[] = Array.isArray(json?.messages) ? json.messages : [];
  const lastTurn = messages.findLast((message) => fieldOf(message, 'role') !== 'system');
  const content = fieldOf(lastTurn, 'content');
  return Array.isArray(content) && content.some((block) => fieldOf(block, 'type') === 'tool_result');
}

function offersTool({ json }: RecordedRequest, name: string): boolean {
  return Array.isArray(json?.tools) && json.tools.some((tool) => fieldOf(tool, 'name') === name);
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
