import { mergeUsage, sseEvent, type Usage } from '@claude-proxy/messages-api';
import { nowSeconds } from '../chat/anthropic-to-chat.js';
import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { OpenAiError } from '../openai-errors.js';
import { StreamTranslation } from '../stream-translation.js';
import { callItem, idOf, messageItem, type RepeatedRequest, responseOf, textPart } from './anthropic-to-responses.js';

/** An item that is being written. */
interface OpenItem {
  readonly id: string;
  readonly outputIndex: number;
  readonly block: JsonObject;
  /** The text, or the arguments of the call. */
  written: string;
}

/** A Messages stream as the named, numbered events of the Responses API. */
export class ResponsesStream extends StreamTranslation {
  private readonly createdSeconds = nowSeconds();
  private sequenceNumber = 0;
  private messageId: unknown;
  private model: unknown;
  private usage: Usage | undefined;
  private stopReason: unknown = 'end_turn';
  private outputCount = 0;
  private readonly output: JsonObject[] = [];
  private readonly open = new Map<unknown, OpenItem>();

  constructor(private readonly request: RepeatedRequest) {
    super();
  }

  override fail({ code, message, param }: OpenAiError): string {
    return this.event('error', { code: code ?? 'server_error', message, param });
  }

  protected override start(message: unknown): string {
    const { id, model, usage } = isJsonObject(message) ? message : {};
    this.messageId = id;
    this.model = model;
    this.usage = mergeUsage(undefined, usage);
    const response = this.response(undefined);
    return this.event('response.created', { response }) + this.event('response.in_progress', { response });
  }

  protected override openBlock(block: unknown, content: unknown): string {
    if (!isJsonObject(content) || (content.type !== 'text' && content.type !== 'tool_use')) return '';
    const id = `${idOf(this.messageId)}_${String(block)}`;
    const item = { id, outputIndex: this.outputCount, block: content, written: '' };
    this.outputCount += 1;
    this.open.set(block, item);
    const added = this.event('response.output_item.added', { output_index: item.outputIndex, item: this.itemOf(item) });
    if (content.type === 'tool_use') return added;
    const begun = this.partEvent('response.content_part.added', item, { part: textPart('') });
    return added + begun + (content.text ? this.text(item, textOf(content.text)) : '');
  }

  protected override delta(block: unknown, delta: unknown): string {
    const item = this.open.get(block);
    if (!item || !isJsonObject(delta)) return '';
    if (delta.type === 'text_delta') return this.text(item, textOf(delta.text));
    return delta.type === 'input_json_delta' ? this.callArguments(item, textOf(delta.partial_json)) : '';
  }

  private text(item: OpenItem, text: string): string {
    item.written += text;
    return this.partEvent('response.output_text.delta', item, { delta: text, logprobs: [] });
  }

  private callArguments(item: OpenItem, json: string): string {
    if (json === '') return '';
    item.written += json;
    return this.event('response.function_call_arguments.delta', { ...placeOf(item), delta: json });
  }

  protected override closeBlock(block: unknown): string {
    const item = this.open.get(block);
    if (!item) return '';
    this.open.delete(block);
    const isCall = item.block.type === 'tool_use';
    if (isCall) item.written ||= '{}';
    const done = this.itemOf(item, 'completed');
    this.output.push(done);
    const closing = isCall ? this.closeCall(item) : this.closeText(item);
    return closing + this.event('response.output_item.done', { output_index: item.outputIndex, item: done });
  }

  private closeCall(item: OpenItem): string {
    const { written: callArguments, block } = item;
    const done = { ...placeOf(item), name: block.name, arguments: callArguments };
    return this.event('response.function_call_arguments.done', done);
  }

  private closeText(item: OpenItem): string {
    const { written: text } = item;
    return (
      this.partEvent('response.output_text.done', item, { text, logprobs: [] }) +
      this.partEvent('response.content_part.done', item, { part: textPart(text) })
    );
  }

  private itemOf({ id, block, written }: OpenItem, status = 'in_progress'): JsonObject {
    if (block.type === 'tool_use') return callItem(id, block, written, status);
    return messageItem(id, status === 'completed' ? [textPart(written)] : [], status);
  }

  protected override note({ delta, usage }: JsonObject): string {
    this.usage = mergeUsage(this.usage, usage);
    if (isJsonObject(delta) && delta.stop_reason) this.stopReason = delta.stop_reason;
    return '';
  }

  protected override stop(): string {
    const response = this.response(this.stopReason);
    return this.event(response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response });
  }

  private response(stopReason: unknown): JsonObject {
    const { messageId, model, createdSeconds, output, usage } = this;
    return responseOf(this.request, { messageId, model, createdSeconds, output, stopReason, usage });
  }

  private partEvent(type: string, item: OpenItem, members: JsonObject): string {
    return this.event(type, {
      item_id: `msg_${item.id}`,
      output_index: item.outputIndex,
      content_index: 0,
      ...members,
    });
  }

  private event(type: string, members: JsonObject): string {
    const data = { type, ...members, sequence_number: this.sequenceNumber };
    this.sequenceNumber += 1;
    return sseEvent(type, JSON.stringify(data));
  }
}

function placeOf({ id, outputIndex }: OpenItem): JsonObject {
  return { item_id: `fc_${id}`, output_index: outputIndex };
}
