import { BETA, type ClaudeModel } from '@claude-proxy/claude-models';
import { blockJson } from './conversation/call-arguments.js';
import { Conversation } from './conversation/conversation.js';
import { readEntry } from './conversation/read-entries.js';
import { type Turn, textBlock } from './conversation/turn.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import { LeftOut } from './left-out.js';
import { invalid, invalidShape } from './refusals.js';
import { type OpenAiRequest, requestShape } from './request-shape.js';
import { leftOutMembers } from './rules/check-members.js';
import { cachingOptions, placeBreakpoints } from './settings/caching.js';
import type { CallerOptions } from './settings/caller-options.js';
import { settingsOf } from './settings/options-to-settings.js';
import { unboundThinking } from './settings/thinking.js';
import { readLegacyFunctions, readTools, type ToolOption } from './tools/read-tools.js';
import { toolsOfHistory } from './tools/tool-blocks.js';
import { choiceOfLegacy, readToolChoice, type ToolsAndChoice } from './tools/tool-choice.js';
import { type GivenTools, ToolNames } from './tools/tool-names.js';

/** OpenAI's two endpoints. They differ in their answers; each takes the requests of both. */
export type Form = 'chat' | 'responses';

/** Claude has no JSON mode without a schema, and an answer begun for it is refused. */
export const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else: no words around it, no code fence.';
/** What comes unasked in each answer. */
const INCLUDED = 'reasoning.encrypted_content';

export interface TranslationOptions {
  modelOf(name: string): ClaudeModel;
  /** `OPENAI_AUTO_CACHE` */
  readonly hasAutoCache: boolean;
}

/** A body for the Messages API, and what is needed for the way back. */
export interface Translated {
  readonly json: string;
  readonly model: ClaudeModel;
  readonly isStream: boolean;
  readonly includesUsage: boolean;
  /** Set where the caller has set no limit of tokens. */
  readonly maxTokensToReserve: number | undefined;
  /** Betas that the body needs. */
  readonly betas: readonly string[];
  readonly leftOut: readonly string[];
  readonly tools: GivenTools;
  readonly request: OpenAiRequest;
}

/** A request whose parts have been read. */
interface ReadRequest {
  readonly request: OpenAiRequest;
  readonly members: JsonObject;
  readonly conversation: Conversation;
  readonly options: CallerOptions;
}

/**
 * A body of Chat Completions or of the Responses API as a Messages body.
 *
 * @throws GatewayError naming what is at fault or not supported
 */
export function openAiToAnthropic(form: Form, members: JsonObject, translation: TranslationOptions): Translated {
  const named = leftOutMembers(members);
  const parsed = requestShape.safeParse(members);
  if (!parsed.success) throw invalidShape(parsed.error);
  const request = parsed.data;
  const leftOut = new LeftOut();
  const names = new ToolNames();
  const read = readRequest(form, request, members, { model: translation.modelOf(request.model), names, leftOut });
  const { json, reserved, betas } = bodyOf(read, leftOut, translation.hasAutoCache);
  for (const name of [...named, ...leftOutInside(form, request)]) leftOut.add(name);
  return {
    json,
    model: read.options.model,
    isStream: request.stream ?? false,
    includesUsage: request.stream_options?.include_usage ?? false,
    maxTokensToReserve: read.options.maxTokens === undefined ? reserved : undefined,
    betas,
    leftOut: leftOut.places,
    tools: names.given,
    request,
  };
}

interface Reading {
  readonly model: ClaudeModel;
  readonly names: ToolNames;
  readonly leftOut: LeftOut;
}

function readRequest(form: Form, request: OpenAiRequest, members: JsonObject, reading: Reading): ReadRequest {
  const { model, names, leftOut } = reading;
  const tools = toolsIn(request, names, leftOut);
  // Models before 4.6, which have no adaptive thinking, go on in a turn of their own.
  const takesPrefill = !model.thinkingTypes.includes('adaptive');
  const conversation = new Conversation({ takesSystemTurns: model.takesSystemTurns, takesPrefill }, leftOut);
  readConversation(form, request, { conversation, names, leftOut });
  return { request, members, conversation, options: optionsOf(request, model, tools, conversation.lacksThinking) };
}

function toolsIn(request: OpenAiRequest, names: ToolNames, leftOut: LeftOut): ToolsAndChoice {
  const reading = { names, leftOut };
  const tools: ToolOption[] = [
    ...readTools(request.tools, reading),
    ...readLegacyFunctions(request.functions, reading),
  ];
  return readToolChoice(request.tool_choice ?? choiceOfLegacy(request.function_call), tools, names, leftOut);
}

function readConversation(form: Form, request: OpenAiRequest, context: Parameters<typeof readEntry>[2]): void {
  const { messages, input, instructions } = request;
  if (instructions) context.conversation.system([textBlock(instructions)]);
  const isOfMessages = form === 'chat' ? messages !== undefined : input === undefined && messages !== undefined;
  const entries = isOfMessages ? messages : input;
  const param = isOfMessages ? 'messages' : 'input';
  if (entries === undefined) throw missing(form === 'chat' ? 'messages' : 'input');
  if (typeof entries === 'string') context.conversation.say('user', [textBlock(entries)]);
  else for (const [index, entry] of entries.entries()) readEntry(entry, `${param}[${index}]`, context);
}

function missing(param: string) {
  return invalid(
    param,
    `${param}: is missing. Send a list of ${param === 'input' ? 'items' : 'messages'}.`,
    'invalid_value',
  );
}

function optionsOf(
  request: OpenAiRequest,
  model: ClaudeModel,
  { tools, toolChoice }: ToolsAndChoice,
  lacksThinking: boolean,
): CallerOptions {
  const isLegacy = request.functions !== undefined && request.functions !== null;
  return {
    model,
    maxTokens: request.max_completion_tokens ?? request.max_output_tokens ?? request.max_tokens ?? undefined,
    temperature: request.temperature,
    topP: request.top_p,
    stop: [request.stop ?? []].flat(),
    tools,
    toolChoice,
    // The old form has room for one call.
    isParallel: isLegacy ? false : request.parallel_tool_calls,
    effort: request.reasoning_effort ?? request.reasoning?.effort,
    wantsSummary: Boolean(request.reasoning?.summary),
    schema: schemaIn(request),
    thinking: request.thinking ?? undefined,
    user: request.safety_identifier ?? request.user,
    serviceTier: request.service_tier,
    lacksThinking,
  };
}

function schemaIn({ response_format: chat, text }: OpenAiRequest): JsonObject | undefined {
  if (chat?.type === 'json_schema') return chat.json_schema.schema ?? undefined;
  return text?.format?.type === 'json_schema' ? (text.format.schema ?? undefined) : undefined;
}

interface Body {
  readonly json: string;
  readonly betas: readonly string[];
  readonly reserved: number;
}

function bodyOf({ request, members, conversation, options }: ReadRequest, leftOut: LeftOut, isOn: boolean): Body {
  const { members: settings, describedSchema, maxTokensToReserve } = settingsOf(options, leftOut);
  if (describedSchema) leftOut.add('response_format');
  const { system, messages } = conversation.toMessages(instructionOf(request, describedSchema));
  if (messages.length === 0) throw invalid(null, 'The conversation is empty: no message has a text.', 'invalid_value');
  const tools = settings.tools ?? (conversation.hasCalls ? toolsOfHistory(namesOfCalls(messages)) : []);
  const choice = settings.tool_choice as JsonObject | undefined;
  const signs = {
    isOn,
    hasResults: conversation.hasResults,
    isForced: choice?.type === 'any' || choice?.type === 'tool',
  };
  const isBindable = conversation.hasThinking && !signs.isForced;
  const unbound = isBindable ? unboundThinking(options.model, settings.thinking as JsonObject | undefined) : undefined;
  const body = { tools: tools as JsonObject[], system, messages };
  const cacheControl = placeBreakpoints(body, cachingOptions(members), signs, leftOut);
  const json = written({
    model: options.model.id,
    ...(system.length > 0 ? { system: systemOf(system) } : {}),
    messages,
    ...settings,
    ...(unbound ? { thinking: unbound } : {}),
    ...(body.tools.length > 0 ? { tools } : {}),
    ...(body.tools.length > 0 && !settings.tools ? { tool_choice: { type: 'none' } } : {}),
    ...(cacheControl ? { cache_control: cacheControl } : {}),
    ...(request.stream ? { stream: true } : {}),
  });
  return { json, reserved: maxTokensToReserve, betas: unbound ? [BETA.thinkingBindingControls] : [] };
}

/** A plain text, unless a breakpoint needs a block. */
function systemOf(system: readonly JsonObject[]): unknown {
  const [only] = system;
  return system.length === 1 && only && !only.cache_control ? only.text : system;
}

function instructionOf(
  { response_format: chat, text }: OpenAiRequest,
  schema: JsonObject | undefined,
): string | undefined {
  if (schema) return `${JSON_INSTRUCTION} It has this JSON schema:\n${JSON.stringify(schema)}`;
  const isJson = (chat ?? text?.format)?.type === 'json_object';
  return isJson ? JSON_INSTRUCTION : undefined;
}

function* namesOfCalls(messages: readonly Turn[]): Iterable<string> {
  for (const { content } of messages) for (const { type, name } of content) if (type === 'tool_use') yield String(name);
}

/** The body as JSON, with the arguments of calls as they came. */
function written({ messages, ...members }: JsonObject & { messages: readonly Turn[] }): string {
  const turns = messages.map(
    ({ role, content }) => `{"role":"${role}","content":[${content.map(blockJson).join(',')}]}`,
  );
  return `${JSON.stringify(members).slice(0, -1)},"messages":[${turns.join(',')}]}`;
}

/** Parts of members that are taken. */
function leftOutInside(form: Form, { text, include, metadata }: OpenAiRequest): string[] {
  const others = (include ?? []).some((each) => each !== INCLUDED);
  return [
    ...(text?.verbosity && text.verbosity !== 'medium' ? ['text.verbosity'] : []),
    ...(others ? ['include'] : []),
    ...(form === 'chat' && isJsonObject(metadata) && Object.keys(metadata).length > 0 ? ['metadata'] : []),
  ];
}
