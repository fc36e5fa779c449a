import { randomUUID } from 'node:crypto';
import { mergeUsage, sseEvent, type Usage } from '@claude-proxy/messages-api';
import { nowSeconds, refusalOf } from '../chat/anthropic-to-chat.js';
import { isJsonObject, type JsonObject } from '../json-object.js';
import type { OpenAiError } from '../openai-errors.js';
import { StreamTranslation } from '../stream-translation.js';
import type { GivenTools } from '../tools/tool-names.js';
import { responseOf, statusOfLast } from './anthropic-to-responses.js';
import { type OpenItem, type OutputItem, openItemOf, RefusalItem, type ToEvent } from './open-items.js';
import { type EndStatus, idOf } from './output-items.js';
import type { RepeatedRequest } from './repeated-request.js';

/** A Messages stream as the named, numbered events of the Responses API. */
export class ResponsesStream extends StreamTranslation {
  private readonly createdSeconds = nowSeconds();
  private sequenceNumber = 0;
  private messageId: unknown;
  private model: unknown = null;
  private usage: Usage | undefined;
  private stopReason: unknown = 'end_turn';
  private stopDetails: unknown;
  private outputCount = 0;
  private readonly output: JsonObject[] = [];
  private readonly open = new Map<unknown, OpenItem>();
  /** Its block is over, but how the answer goes on decides whether it is complete. */
  private closing: OutputItem | undefined;

  constructor(
    private readonly request: RepeatedRequest,
    private readonly tools: GivenTools = {},
  ) {
    super();
  }

  /** Clients read one of the two: the SDK throws on `error`, agents report what `response.failed` says. */
  override fail(error: OpenAiError): string {
    const begun = this.messageId === undefined ? this.start({ id: `msg_${randomUUID().replaceAll('-', '')}` }) : '';
    const { code, message, param } = error;
    const unfinished = [this.closing, ...this.open.values()].filter((item) => item !== undefined);
    const output = [...this.output, ...unfinished.map((item) => item.asItem('incomplete'))];
    const failed = this.event('error', { code: code ?? 'server_error', message, param });
    return begun + failed + this.event('response.failed', { response: this.response(undefined, output, error) });
  }

  protected override start(message: unknown): string {
    const { id, model = null, usage, stop_details } = isJsonObject(message) ? message : {};
    this.messageId = id;
    this.model = model;
    this.usage = mergeUsage(undefined, usage);
    this.stopDetails = stop_details;
    const response = this.response(undefined);
    return this.event('response.created', { response }) + this.event('response.in_progress', { response });
  }

  protected override openBlock(block: unknown, content: unknown): string {
    const settled = this.settle('completed');
    const item = isJsonObject(content) ? openItemOf(content, this.place(block), this.tools) : undefined;
    if (!item) return settled;
    this.outputCount += 1;
    this.open.set(block, item);
    return settled + item.begin(this.toEvent);
  }

  protected override delta(block: unknown, delta: unknown): string {
    const item = this.open.get(block);
    return item && isJsonObject(delta) ? item.write(delta, this.toEvent) : '';
  }

  protected override closeBlock(block: unknown): string {
    const item = this.open.get(block);
    if (!item) return '';
    this.open.delete(block);
    const settled = this.settle('completed');
    this.closing = item;
    return settled;
  }

  private settle(status: EndStatus): string {
    const { closing } = this;
    if (!closing) return '';
    this.closing = undefined;
    const ended = closing.end(status, this.toEvent);
    this.output.push(closing.asItem(status));
    return ended;
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
    const settled = this.settle(statusOfLast(this.stopReason)) + this.refusal();
    const response = this.response(this.stopReason);
    return (
      settled +
      this.event(response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response })
    );
  }

  private refusal(): string {
    const refusal = refusalOf(this.stopReason, this.stopDetails);
    if (refusal === null) return '';
    const item = new RefusalItem(this.place('refusal'), refusal);
    this.outputCount += 1;
    this.closing = item;
    return item.begin(this.toEvent) + this.settle('completed');
  }

  private place(block: unknown) {
    return { id: `${idOf(this.messageId)}_${String(block)}`, outputIndex: this.outputCount };
  }

  private response(stopReason: unknown, output = this.output, error?: OpenAiError): JsonObject {
    const { messageId, model, createdSeconds, usage } = this;
    const state = { messageId, model, createdSeconds, output, stopReason, usage };
    return responseOf(this.request, error ? { ...state, error } : state);
  }

  private event(type: string, members: JsonObject): string {
    const data = { type, ...members, sequence_number: this.sequenceNumber };
    this.sequenceNumber += 1;
    return sseEvent(type, JSON.stringify(data));
  }

  private readonly toEvent: ToEvent = (type, members) => this.event(type, members);
}
