import { createHash, randomBytes } from 'node:crypto';
import type { ContentOptions, ToolUse } from './answer-options.js';
import { type AnswerUsage, inputUsage, tokensOfBytes, withGivenUsage } from './answer-usage.js';

/** One event of a Messages stream before framing: its name and its JSON. */
export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type AnswerBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Record<string, unknown> };

/** The facts about the request and the simulator that an answer is composed from. */
export interface AnswerFacts {
  readonly model: string;
  readonly greeting: string;
  readonly bodyBytes: number;
  readonly hasCacheControl: boolean;
  readonly messageIdPrefix: string;
  /** Usage fields that only this service reports, such as `service_tier`. */
  readonly serviceUsage: AnswerUsage;
  /** The request has `safeguards`, so the answer contains results for its tool calls. */
  readonly asksForVerdict?: boolean;
}

/** A complete answer. Both the JSON form and the event sequence are made from it. */
export interface SimulatedMessage {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: string;
  readonly stopDetails: unknown;
  readonly usage: AnswerUsage;
  readonly deltaLength: number;
  /** Undefined if the request did not ask for it, or the answer omits it. */
  readonly safeguardResults: unknown;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DEFAULT_DELTA_LENGTH = 12;

/** A random identifier in Anthropic's format: prefix and 22 letters or digits. */
export function createId(prefix: string): string {
  return prefix + Array.from(randomBytes(22), (byte) => BASE62[byte % BASE62.length]).join('');
}

/** Decides the content of the answer and its token counts. */
export function composeMessage(options: ContentOptions, facts: AnswerFacts): SimulatedMessage {
  const blocks = blocksOf(options, facts.greeting);
  const hasToolUse = blocks.some((block) => block.type === 'tool_use');
  const derived = { ...inputUsage(facts.bodyBytes, facts.hasCacheControl), ...outputUsage(blocks) };
  return {
    id: createId(facts.messageIdPrefix),
    model: options.model ?? facts.model,
    blocks,
    stopReason: options.stopReason ?? (hasToolUse ? 'tool_use' : 'end_turn'),
    stopDetails: options.stopDetails ?? null,
    usage: withGivenUsage({ ...derived, ...facts.serviceUsage }, options.usage),
    deltaLength: options.deltaLength ?? DEFAULT_DELTA_LENGTH,
    safeguardResults: facts.asksForVerdict ? verdictOn(blocks, options) : undefined,
  };
}

/** The answer as one JSON Message, for a request without `stream`. */
export function messageBody(message: SimulatedMessage): Record<string, unknown> {
  return {
    ...head(message),
    content: message.blocks,
    stop_reason: message.stopReason,
    stop_sequence: null,
    stop_details: message.stopDetails,
    usage: message.usage,
    ...verdictFields(message),
  };
}

/** The answer as Anthropic's event sequence, without pings. */
export function* messageEvents(message: SimulatedMessage): Generator<StreamEvent> {
  yield { type: 'message_start', message: startOf(message) };
  for (const [index, block] of message.blocks.entries()) {
    yield { type: 'content_block_start', index, content_block: emptied(block) };
    for (const delta of deltasOf(block, message.deltaLength)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  const ending = { stop_reason: message.stopReason, stop_sequence: null, stop_details: message.stopDetails };
  const delta = { ...ending, ...verdictFields(message) };
  yield { type: 'message_delta', delta, usage: closingUsage(message.usage) };
  yield { type: 'message_stop' };
}

function verdictFields({ safeguardResults }: SimulatedMessage): Record<string, unknown> {
  return safeguardResults === undefined ? {} : { safeguard_results: safeguardResults };
}

/** The service's result for harmless tools. `hasVerdict: false` simulates a model without support for the field. */
function verdictOn(blocks: readonly AnswerBlock[], { hasVerdict = true }: ContentOptions): unknown {
  if (!hasVerdict) return undefined;
  const ids = blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const judged = ids.map((id) => [id, { type: 'evaluated', outcome: 'not_flagged' }] as const);
  return [{ type: 'dangerous_tool_use', status: { type: 'available', tool_uses: Object.fromEntries(judged) } }];
}

function head(message: SimulatedMessage) {
  return { model: message.model, id: message.id, type: 'message', role: 'assistant' };
}

function startOf(message: SimulatedMessage): Record<string, unknown> {
  const { output_tokens_details: _details, ...usage } = message.usage;
  const empty = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
  return { ...head(message), ...empty, usage: { ...usage, output_tokens: 1 } };
}

function closingUsage(usage: AnswerUsage): AnswerUsage {
  const { cache_creation: _split, service_tier: _tier, inference_geo: _geo, speed: _speed, ...cumulative } = usage;
  return cumulative;
}

function blocksOf(options: ContentOptions, greeting: string): AnswerBlock[] {
  const tools = toolUsesOf(options.toolUse);
  const text = options.text ?? (tools.length > 0 ? '' : greeting);
  const blocks: AnswerBlock[] = [];
  if (options.thinking !== undefined) blocks.push(thinkingBlock(options.thinking));
  if (text !== '') blocks.push({ type: 'text', text });
  for (const tool of tools) blocks.push(toolBlock(tool));
  return blocks;
}

function toolUsesOf(toolUse: ContentOptions['toolUse']): readonly ToolUse[] {
  if (toolUse === undefined) return [];
  return Array.isArray(toolUse) ? (toolUse as readonly ToolUse[]) : [toolUse as ToolUse];
}

function thinkingBlock(thinking: string): AnswerBlock {
  const signature = createHash('sha512').update(thinking).digest('base64');
  return { type: 'thinking', thinking, signature: `EqQB${signature}` };
}

function toolBlock({ id, name, input }: ToolUse): AnswerBlock {
  return { type: 'tool_use', id: id ?? createId('toolu_01'), name, input: input ?? {} };
}

function emptied(block: AnswerBlock): Record<string, unknown> {
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  if (block.type === 'text') return { type: 'text', text: '' };
  return { ...block, input: {} };
}

function* deltasOf(block: AnswerBlock, deltaLength: number): Generator<Record<string, string>> {
  if (block.type === 'text') {
    for (const text of pieces(block.text, deltaLength)) yield { type: 'text_delta', text };
    return;
  }
  if (block.type === 'thinking') {
    for (const thinking of pieces(block.thinking, deltaLength)) yield { type: 'thinking_delta', thinking };
    yield { type: 'signature_delta', signature: block.signature };
    return;
  }
  yield { type: 'input_json_delta', partial_json: '' };
  const json = JSON.stringify(block.input);
  if (json === '{}') return;
  for (const partial of pieces(json, deltaLength)) yield { type: 'input_json_delta', partial_json: partial };
}

function* pieces(text: string, length: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = start + length;
    const splitsSurrogatePair = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '');
    const next = splitsSurrogatePair ? end + 1 : end;
    yield text.slice(start, next);
    start = next;
  }
}

function outputUsage(blocks: readonly AnswerBlock[]): AnswerUsage {
  const sizes = blocks.map((block) => ({ type: block.type, tokens: tokensOfBytes(Buffer.byteLength(wordsOf(block))) }));
  const thinkingTokens = sum(sizes.filter(({ type }) => type === 'thinking').map(({ tokens }) => tokens));
  const usage = { output_tokens: Math.max(1, sum(sizes.map(({ tokens }) => tokens))) };
  return thinkingTokens > 0 ? { ...usage, output_tokens_details: { thinking_tokens: thinkingTokens } } : usage;
}

function wordsOf(block: AnswerBlock): string {
  if (block.type === 'thinking') return block.thinking;
  return block.type === 'text' ? block.text : block.name + JSON.stringify(block.input);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
