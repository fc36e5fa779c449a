import { hash } from 'node:crypto';
import { JsonSyntaxError, JsonTooLargeError, JsonView } from '@claude-proxy/messages-api';
import { CallRun, type FoundRun, type ToolCall } from './call-run.js';

/** A call of tools that an agent has made again and again, with nothing else in between. */
export interface RepeatedCall {
  /** The names of the tools: one, or those of calls that are made in parallel. */
  readonly tools: readonly string[];
  readonly times: number;
  /** The same for the same calls; reveals nothing of their inputs. */
  readonly digest: string;
}

/**
 * In JSON, a quote inside of a string has a backslash before it. So these bytes are always a whole string, never a part of
 * one: the number of calls in a text is at most the number of their occurrences.
 */
const TOOL_USE = '"tool_use"';
/** How clients begin a message. A client that writes it in another way is served by reading all messages. */
const MESSAGE = '{"role"';
/** Inputs of tools that look like the beginning of a message, before all messages are read. */
const MAX_ATTEMPTS = 8;
const OPEN_BRACKET = Buffer.from('[');
const MAX_NAMES = 3;
/** A longer run is reported with this length: reading 200 calls of a usual size takes a few milliseconds. */
export const MAX_TIMES = 200;

/**
 * The tool call that the conversation ends with, if the agent has made it at least `atLeast` times in a row: with the same
 * tool and the same bytes as input, turn after turn, or several times in one turn. Calls that are made in parallel count
 * together. A message of a person ends the run.
 *
 * Only the end of the messages is read: the last two calls, then twice as many as long as all of them are equal.
 *
 * @param messages the text of the list, which is valid JSON
 */
export function repeatedCall(messages: Buffer, atLeast: number): RepeatedCall | undefined {
  try {
    const run = runAtEndOf(messages);
    if (!run || run.times < atLeast) return undefined;
    const tools = [...new Set(run.calls.map(({ name }) => name))].slice(0, MAX_NAMES);
    const text = run.calls.map(({ name, input }) => `${name}\n${input}`).join('\n');
    return { tools, times: Math.min(run.times, MAX_TIMES), digest: hash('sha256', text) };
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof JsonTooLargeError) return undefined;
    throw error;
  }
}

function runAtEndOf(messages: Buffer): FoundRun | undefined {
  for (let count = 2; ; count *= 2) {
    const call = startOfCall(messages, count);
    // Fewer calls than asked for: the whole list has to be read, unless it has only one.
    if (call === undefined && count === 2) return undefined;
    const part = call === undefined ? undefined : messagesFrom(messages, call);
    const run = runOf(part ?? JsonView.of(messages).items(), part === undefined);
    if (run === undefined || run.hasBegun || run.times >= MAX_TIMES) return run;
  }
}

/** Where the last `count` calls begin; undefined if there are fewer. */
function startOfCall(messages: Buffer, count: number): number | undefined {
  let at = messages.length;
  for (let found = 0; found < count; found += 1) {
    at = at === 0 ? -1 : messages.lastIndexOf(TOOL_USE, at - 1);
    if (at < 0) return undefined;
  }
  return at;
}

/**
 * The messages from the one that contains this position; undefined if its beginning is not found. What looks like the
 * beginning of a message may be a part of the input of a tool: whole messages up to the end do not follow it then.
 */
function messagesFrom(messages: Buffer, position: number): readonly JsonView[] | undefined {
  let at = position;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    at = at === 0 ? -1 : messages.lastIndexOf(MESSAGE, at - 1);
    if (at < 0) return undefined;
    const text = Buffer.concat([OPEN_BRACKET, messages.subarray(at)]);
    const list = JsonView.of(text);
    if (list.end === text.length) return list.items();
  }
  return undefined;
}

/** @param isWhole no message comes before these */
function runOf(messages: readonly JsonView[], isWhole: boolean): FoundRun | undefined {
  const run = new CallRun();
  for (const message of messages.toReversed()) {
    const calls = callsIn(message);
    if (calls === 'end') return run.found(true);
    if (calls !== 'none') run.add(calls);
    if (run.isOver) break;
  }
  return run.found(isWhole);
}

/** `none`: the run goes on before this message; `end`: it begins after it. */
function callsIn(message: JsonView): readonly ToolCall[] | 'none' | 'end' {
  const role = message.text('role');
  if (role !== 'assistant' && role !== 'user') return 'none';
  const blocks = message.get('content')?.items() ?? [];
  // Clients add their own reminders as text beside the results; a message without any result is a person's.
  if (role === 'user') return blocks.some((block) => block.text('type') === 'tool_result') ? 'none' : 'end';
  const calls = blocks.filter((block) => block.text('type') === 'tool_use');
  return calls.length === 0 ? 'end' : calls.map(callOf);
}

function callOf(block: JsonView): ToolCall {
  return { name: block.text('name') ?? '', input: block.get('input')?.raw() ?? '' };
}
