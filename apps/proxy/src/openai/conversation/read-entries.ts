import { listAt, objectAt, optionalTextAt, textAt } from '../expect-shape.js';
import { isJsonObject, type JsonObject, objectsIn, textOf } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { invalid } from '../refusals.js';
import type { ToolNames } from '../tools/tool-names.js';
import { breakpointOf, withBreakpoint, withLastBreakpoint } from './breakpoints.js';
import { inputOfCall, inputOfText, type RawJson } from './call-arguments.js';
import { blockOfPart, blocksOfContent, partsOf, textsOfContent } from './content-parts.js';
import { type Conversation } from './conversation.js';
import { signedThinking, thinkingInDetails, unpackedThinking } from './thinking-blocks.js';
import { textBlock, withoutBlanks } from './turn.js';

/** OpenAI's own ids have some 30 characters. */
const MAX_ID_CHARACTERS = 512;

export interface ReadingContext {
  readonly conversation: Conversation;
  readonly names: ToolNames;
  readonly leftOut: LeftOut;
}

type EntryReader = (entry: JsonObject, param: string, context: ReadingContext) => void;

/** Messages by their role. */
const BY_ROLE: Readonly<Record<string, EntryReader>> = {
  system: readSystem,
  developer: readSystem,
  user: readUser,
  assistant: readAssistant,
  tool: (entry, param, { conversation, leftOut }) =>
    conversation.say('user', [toolResult(idAt(entry, 'tool_call_id', param), entry, param, leftOut)]),
  function: (entry, param, { conversation, leftOut }) =>
    conversation.say('user', [
      toolResult(legacyId(textAt(entry, 'name', param, MAX_ID_CHARACTERS)), entry, param, leftOut),
    ]),
};

/** Items of the Responses API by their type. All others are left out. */
const BY_TYPE: Readonly<Record<string, EntryReader>> = {
  function_call(entry, param, context) {
    const input = inputOfCall(entry.arguments, `${param}.arguments`);
    context.conversation.say('assistant', [itemCall(entry, input, param, context)]);
  },
  custom_tool_call(entry, param, context) {
    const input = inputOfText(optionalTextAt(entry, 'input', param) ?? '');
    context.conversation.say('assistant', [itemCall(entry, input, param, context)]);
  },
  function_call_output: readOutput,
  custom_tool_call_output: readOutput,
  reasoning(entry, param, { conversation, leftOut }) {
    const thinking = unpackedThinking(entry.encrypted_content);
    if (thinking) conversation.say('assistant', [thinking]);
    else leftOut.add(param, 'reasoning');
  },
};

export const READ_ITEM_TYPES: readonly string[] = ['message', ...Object.keys(BY_TYPE)];

/** Adds a message of Chat Completions, an item of the Responses API or a message of Anthropic to the conversation. */
export function readEntry(given: unknown, param: string, context: ReadingContext): void {
  const entry = objectAt(given, param);
  const { type } = entry;
  const isMessage = type === undefined || type === null || type === 'message' || entry.role !== undefined;
  if (isMessage) readerOfRole(entry, param)(entry, param, context);
  else if (Object.hasOwn(BY_TYPE, textOf(type))) BY_TYPE[textOf(type)]!(entry, param, context);
  else context.leftOut.add(param, textOf(type));
}

function readerOfRole(entry: JsonObject, param: string): EntryReader {
  const role = textAt(entry, 'role', param);
  if (Object.hasOwn(BY_ROLE, role)) return BY_ROLE[role]!;
  throw invalid(`${param}.role`, `${param}.role must be one of ${Object.keys(BY_ROLE).join(', ')}.`, 'invalid_value');
}

function readSystem(entry: JsonObject, param: string, { conversation, leftOut }: ReadingContext): void {
  const texts = textsOfContent(contentAt(entry, param), `${param}.content`, leftOut);
  conversation.system(withLastBreakpoint(texts, breakpointOf(entry)));
}

function readUser(entry: JsonObject, param: string, { conversation, leftOut }: ReadingContext): void {
  const blocks = partsOf(contentAt(entry, param), `${param}.content`).map((given) => {
    const { part, param: place } = given;
    if (part.type !== 'tool_result') return blockOfPart(given, leftOut);
    return toolResult(idAt(part, 'tool_use_id', place), part, place, leftOut);
  });
  conversation.say('user', withLastBreakpoint(blocks, breakpointOf(entry)));
}

function readAssistant(entry: JsonObject, param: string, context: ReadingContext): void {
  const { leftOut, names } = context;
  const thinking = thinkingInDetails(entry.reasoning_details);
  const content = partsOf(entry.content, `${param}.content`).flatMap(({ part, param: place }) => {
    if (part.type === 'tool_use') return [anthropicCall(part, place, names)];
    if (part.type === 'thinking' || part.type === 'redacted_thinking') return oneOrNone(signedThinking(part));
    return spokenBlock(blockOfPart({ part, param: place }, leftOut), place, leftOut);
  });
  const refusal = optionalTextAt(entry, 'refusal', param);
  const calls = [...toolCallsOf(entry, param, context), ...legacyCallOf(entry, param, names)];
  const blocks = [...thinking, ...content, ...(refusal ? [textBlock(refusal)] : []), ...calls];
  context.conversation.say('assistant', withLastBreakpoint(blocks, breakpointOf(entry)));
}

function oneOrNone(block: JsonObject | undefined): JsonObject[] {
  return block ? [block] : [];
}

/** Claude's own turns hold texts; it refuses images and documents there. */
function spokenBlock(block: JsonObject, param: string, leftOut: LeftOut): JsonObject[] {
  if (block.type === 'text') return [block];
  leftOut.add(param, textOf(block.type));
  return [];
}

function toolCallsOf(entry: JsonObject, param: string, { names }: ReadingContext): JsonObject[] {
  if (entry.tool_calls === undefined || entry.tool_calls === null) return [];
  return listAt(entry.tool_calls, `${param}.tool_calls`).map((given, index) => {
    const place = `${param}.tool_calls[${index}]`;
    const call = objectAt(given, place);
    const id = idAt(call, 'id', place);
    if (isJsonObject(call.custom)) {
      const { custom } = call;
      return toolUse(
        id,
        names.sentNameOf(textAt(custom, 'name', `${place}.custom`)),
        inputOfText(textOf(custom.input)),
      );
    }
    const called = isJsonObject(call.function) ? call.function : call;
    const input = inputOfCall(called.arguments, `${place}.function.arguments`);
    return toolUse(id, names.sentNameOf(textAt(called, 'name', `${place}.function`)), input);
  });
}

function legacyCallOf({ function_call: call }: JsonObject, param: string, names: ToolNames): JsonObject[] {
  if (!isJsonObject(call)) return [];
  const name = textAt(call, 'name', `${param}.function_call`, MAX_ID_CHARACTERS);
  const input = inputOfCall(call.arguments, `${param}.function_call.arguments`);
  return [toolUse(legacyId(name), names.sentNameOf(name), input)];
}

function anthropicCall(part: JsonObject, param: string, names: ToolNames): JsonObject {
  const name = names.sentNameOf(textAt(part, 'name', param));
  const call = toolUse(idAt(part, 'id', param), name, inputOfCall(part.input, `${param}.input`));
  return withBreakpoint(call, breakpointOf(part));
}

function itemCall(entry: JsonObject, input: RawJson, param: string, { names }: ReadingContext): JsonObject {
  const name = names.sentNameOf(textAt(entry, 'name', param), optionalTextAt(entry, 'namespace', param));
  return toolUse(idAt(entry, 'call_id', param), name, input);
}

function readOutput(entry: JsonObject, param: string, { conversation, leftOut }: ReadingContext): void {
  const result = { content: entry.output, cache_control: entry.cache_control };
  const id = idAt(entry, 'call_id', param);
  conversation.say('user', [toolResult(id, result, param, leftOut, 'output')]);
}

/** The old form of calls has no ids: a result belongs to the last call of its name. */
function legacyId(name: string): string {
  return `function_${name}`;
}

function toolUse(id: string, name: string, input: RawJson): JsonObject {
  return { type: 'tool_use', id, name, input };
}

function toolResult(id: string, result: JsonObject, param: string, leftOut: LeftOut, key = 'content'): JsonObject {
  const blocks = withoutBlanks(blocksOfContent(contentOfResult(result.content), `${param}.${key}`, leftOut));
  // A breakpoint inside a result would count beside one on it.
  const inner = objectsIn(blocks).find(({ cache_control }) => cache_control)?.cache_control as JsonObject | undefined;
  const content = inner ? blocks.map(({ cache_control: _moved, ...block }) => block) : blocks;
  const block: JsonObject = {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length > 0 ? { content } : {}),
    ...(result.is_error === true ? { is_error: true } : {}),
  };
  return withBreakpoint(block, breakpointOf(result) ?? inner);
}

/** Some clients return a value where OpenAI has a text. */
function contentOfResult(content: unknown): unknown {
  const isPart = isJsonObject(content) && typeof content.type === 'string';
  const isUsual = content === undefined || content === null || typeof content === 'string' || Array.isArray(content);
  return isUsual || isPart ? content : JSON.stringify(content);
}

/** A call without an id is matched with its result by its place. */
function idAt(holder: JsonObject, key: string, param: string): string {
  return holder[key] === undefined || holder[key] === null ? '' : textAt(holder, key, param, MAX_ID_CHARACTERS);
}

function contentAt(entry: JsonObject, param: string): unknown {
  const place = `${param}.content`;
  if (entry.content !== undefined && entry.content !== null) return entry.content;
  throw invalid(place, `${place}: expected a text or a list of parts.`, 'invalid_value');
}
