import { answer, type Behaviour, type RecordedRequest, type ToolUse } from '@claude-proxy/simulator';

/** The script of the simulated model in a prompt: these calls, one per turn, then this text. */
export interface Play {
  readonly calls: readonly ToolUse[];
  readonly text: string;
}

const MARK = 'PLAY:';

/** The end of a prompt with a script. One line, so that it is found in any surrounding text of Claude Code. */
export function orderOf(play: Play): string {
  return `${MARK}${JSON.stringify(play)}`;
}

/**
 * A model that follows the last script in the conversation, so that a session can be compared word by word with another
 * one of the same prompts, for any upstream.
 */
export function playedModel({ json }: RecordedRequest): Behaviour {
  const messages = listOf(json?.messages);
  const at = messages.findLastIndex((message) => textsOf(message).some((text) => text.includes(MARK)));
  if (at < 0) return answer({ text: 'Nothing was ordered.' });
  const order = textsOf(messages[at]).findLast((text) => text.includes(MARK)) ?? '';
  const { calls, text } = playIn(order);
  const done = messages.slice(at + 1).filter(hasToolResult).length;
  const call = calls[done];
  return call ? answer({ toolUse: { ...call, name: offeredName(call.name, listOf(json?.tools)) } }) : answer({ text });
}

/** Uses the first mark of a text: the prompt of a subagent is a script inside a script. */
function playIn(text: string): Play {
  const json = text.slice(text.indexOf(MARK) + MARK.length).split('\n', 1)[0] ?? '';
  return JSON.parse(json);
}

/** A gateway may shorten a long name. The description of our tools contains the whole name. */
function offeredName(name: string, tools: readonly unknown[]): string {
  const isOffered = tools.some((tool) => fieldOf(tool, 'name') === name);
  const renamed = tools.find((tool) => String(fieldOf(tool, 'description')).includes(`[${name}]`));
  return isOffered || !renamed ? name : String(fieldOf(renamed, 'name'));
}

function textsOf(message: unknown): string[] {
  const content = fieldOf(message, 'content');
  if (fieldOf(message, 'role') !== 'user') return [];
  if (typeof content === 'string') return [content];
  return listOf(content).map((block) => String(fieldOf(block, 'text') ?? ''));
}

function hasToolResult(message: unknown): boolean {
  return listOf(fieldOf(message, 'content')).some((block) => fieldOf(block, 'type') === 'tool_result');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
