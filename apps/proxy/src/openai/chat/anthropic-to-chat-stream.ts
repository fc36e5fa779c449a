import { mergeUsage, type Usage } from '@claude-proxy/messages-api';
import { isThinking, reasoningDetail, signedThinking } from '../conversation/thinking-blocks.js';
import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { OpenAiError } from '../openai-errors.js';
import { StreamTranslation } from '../stream-translation.js';
import { calledTool } from '../tools/called-tool.js';
import { CustomInputReader } from '../tools/custom-input.js';
import type { GivenTools, ToolKind } from '../tools/tool-names.js';
import { chatIdOf, chatUsageOf, finishReasonOf, nameInChat, nowSeconds, refusalOf } from './anthropic-to-chat.js';

interface OpenCall {
  /** Counted over tool calls, not over content blocks. */
  readonly index: number;
  readonly kind: ToolKind;
  readonly reader: CustomInputReader;
  hasArguments: boolean;
}

/** A Messages stream as chunks of a chat completion. */
export class ChatStream extends StreamTranslation {
  private readonly createdSeconds = nowSeconds();
  private id = '';
  private model: unknown = '';
  private usage: Usage | undefined;
  private stopReason: unknown;
  private stopDetails: unknown;
  private callCount = 0;
  private thinkingCount = 0;
  private hasLegacyCall = false;
  private readonly openCalls = new Map<unknown, OpenCall>();
  private readonly openThinking = new Map<unknown, JsonObject>();

  constructor(
    private readonly includesUsage: boolean,
    private readonly tools: GivenTools = {},
  ) {
    super();
  }

  override fail(error: OpenAiError): string {
    return frame({ error });
  }

  protected override start(message: unknown): string {
    const { id, model, usage, stop_details } = isJsonObject(message) ? message : {};
    this.id = chatIdOf(id);
    this.model = model;
    this.usage = mergeUsage(undefined, usage);
    this.stopDetails = stop_details;
    return this.chunk({ role: 'assistant', content: '', refusal: null });
  }

  protected override openBlock(block: unknown, content: unknown): string {
    if (!isJsonObject(content)) return '';
    if (content.type === 'text' && content.text) return this.chunk({ content: content.text });
    if (isThinking(content)) this.openThinking.set(block, { ...content });
    return content.type === 'tool_use' ? this.openCall(block, content) : '';
  }

  private openCall(block: unknown, content: JsonObject): string {
    const tool = calledTool(content, this.tools);
    const { kind } = tool;
    const index = this.callCount;
    this.callCount += 1;
    this.openCalls.set(block, { index, kind, reader: new CustomInputReader(), hasArguments: false });
    const name = nameInChat(content, tool);
    const { id } = content;
    if (kind === 'legacy') {
      this.hasLegacyCall = true;
      return this.chunk({ function_call: { name, arguments: '' } });
    }
    const called = kind === 'custom' ? { custom: { name, input: '' } } : { function: { name, arguments: '' } };
    return this.chunk({ tool_calls: [{ index, id, type: kind, ...called }] });
  }

  protected override delta(block: unknown, delta: unknown): string {
    if (!isJsonObject(delta)) return '';
    if (delta.type === 'text_delta') return this.chunk({ content: delta.text });
    const thinking = this.openThinking.get(block);
    if (thinking) return this.think(thinking, delta);
    const call = this.openCalls.get(block);
    const json = textOf(delta.partial_json);
    return call && json !== '' ? this.callArguments(call, json) : '';
  }

  private think(block: JsonObject, delta: JsonObject): string {
    if (delta.type === 'signature_delta') block.signature = delta.signature;
    if (delta.type !== 'thinking_delta' || !delta.thinking) return '';
    block.thinking = textOf(block.thinking) + textOf(delta.thinking);
    return this.chunk({ reasoning_content: delta.thinking });
  }

  protected override closeBlock(block: unknown): string {
    const thinking = this.openThinking.get(block);
    if (thinking) return this.closeThinking(block, thinking);
    const call = this.openCalls.get(block);
    if (!call) return '';
    if (call.kind === 'custom') return this.callText(call, call.reader.end());
    // A tool without arguments comes without JSON; callers parse what they get.
    return call.hasArguments ? '' : this.callArguments(call, '{}');
  }

  private closeThinking(block: unknown, thinking: JsonObject): string {
    this.openThinking.delete(block);
    if (!signedThinking(thinking)) return '';
    const details = [reasoningDetail(thinking, this.thinkingCount)];
    this.thinkingCount += 1;
    return this.chunk({ reasoning_details: details });
  }

  private callArguments(call: OpenCall, json: string): string {
    call.hasArguments = true;
    if (call.kind === 'custom') return this.callText(call, call.reader.write(json));
    if (call.kind === 'legacy') return this.chunk({ function_call: { arguments: json } });
    return this.chunk({ tool_calls: [{ index: call.index, function: { arguments: json } }] });
  }

  private callText({ index }: OpenCall, input: string): string {
    return input === '' ? '' : this.chunk({ tool_calls: [{ index, custom: { input } }] });
  }

  protected override note({ delta, usage }: JsonObject): string {
    this.usage = mergeUsage(this.usage, usage);
    if (isJsonObject(delta) && delta.stop_reason) {
      this.stopReason = delta.stop_reason;
      this.stopDetails = delta.stop_details ?? this.stopDetails;
    }
    return '';
  }

  protected override stop(): string {
    const refusal = refusalOf(this.stopReason, this.stopDetails);
    const finishReason = this.hasLegacyCall ? 'function_call' : finishReasonOf(this.stopReason);
    const closing = [
      refusal === null ? '' : this.chunk({ refusal }),
      this.chunk({}, finishReason),
      this.includesUsage ? frame({ ...this.head(), choices: [], usage: chatUsageOf(this.usage) }) : '',
    ];
    return `${closing.join('')}data: [DONE]\n\n`;
  }

  private chunk(delta: JsonObject, finishReason: string | null = null): string {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
    return frame({ ...this.head(), choices, ...(this.includesUsage ? { usage: null } : {}) });
  }

  private head(): JsonObject {
    return { id: this.id, object: 'chat.completion.chunk', created: this.createdSeconds, model: this.model };
  }
}

/** Without a name: OpenAI's clients take named events for something else. */
function frame(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
