import { mergeUsage, type Usage } from '@claude-proxy/messages-api';
import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { OpenAiError } from '../openai-errors.js';
import { StreamTranslation } from '../stream-translation.js';
import { chatIdOf, chatUsageOf, finishReasonOf, nowSeconds, refusalOf } from './anthropic-to-chat.js';

interface OpenCall {
  /** Counted over tool calls, not over content blocks. */
  readonly index: number;
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
  private readonly openCalls = new Map<unknown, OpenCall>();

  constructor(private readonly includesUsage: boolean) {
    super();
  }

  override fail(error: OpenAiError): string {
    return frame({ error });
  }

  protected override start(message: unknown): string {
    const { id, model, usage } = isJsonObject(message) ? message : {};
    this.id = chatIdOf(id);
    this.model = model;
    this.usage = mergeUsage(undefined, usage);
    return this.chunk({ role: 'assistant', content: '', refusal: null });
  }

  protected override openBlock(block: unknown, content: unknown): string {
    if (!isJsonObject(content)) return '';
    if (content.type === 'text' && content.text) return this.chunk({ content: content.text });
    if (content.type !== 'tool_use') return '';
    const call = { index: this.callCount, hasArguments: false };
    this.callCount += 1;
    this.openCalls.set(block, call);
    const { id, name } = content;
    return this.chunk({ tool_calls: [{ index: call.index, id, type: 'function', function: { name, arguments: '' } }] });
  }

  protected override delta(block: unknown, delta: unknown): string {
    if (!isJsonObject(delta)) return '';
    if (delta.type === 'text_delta') return this.chunk({ content: delta.text });
    const call = this.openCalls.get(block);
    const json = textOf(delta.partial_json);
    return call && json !== '' ? this.callArguments(call, json) : '';
  }

  /** A tool without arguments comes without JSON; callers parse what they get. */
  protected override closeBlock(block: unknown): string {
    const call = this.openCalls.get(block);
    return call && !call.hasArguments ? this.callArguments(call, '{}') : '';
  }

  private callArguments(call: OpenCall, json: string): string {
    call.hasArguments = true;
    return this.chunk({ tool_calls: [{ index: call.index, function: { arguments: json } }] });
  }

  protected override note({ delta, usage }: JsonObject): string {
    this.usage = mergeUsage(this.usage, usage);
    if (isJsonObject(delta) && delta.stop_reason) {
      this.stopReason = delta.stop_reason;
      this.stopDetails = delta.stop_details;
    }
    return '';
  }

  protected override stop(): string {
    const refusal = refusalOf(this.stopReason, this.stopDetails);
    const closing = [
      refusal === null ? '' : this.chunk({ refusal }),
      this.chunk({}, finishReasonOf(this.stopReason)),
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
