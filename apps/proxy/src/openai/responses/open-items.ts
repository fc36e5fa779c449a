import { isThinking } from '../conversation/thinking-blocks.js';
import { type JsonObject, textOf } from '../json-object.js';
import { calledTool } from '../tools/called-tool.js';
import { CustomInputReader } from '../tools/custom-input.js';
import type { GivenTools } from '../tools/tool-names.js';
import {
  callItem,
  type EndStatus,
  type ItemStatus,
  messageItem,
  reasoningItem,
  refusalPart,
  summaryPart,
  textPart,
} from './output-items.js';

/** Makes the text of one event, with its number. */
export type ToEvent = (type: string, members: JsonObject) => string;

export interface ItemPlace {
  readonly id: string;
  readonly outputIndex: number;
}

/** An item of the output, and the events that announce it. */
export interface OutputItem {
  begin(toEvent: ToEvent): string;
  end(status: EndStatus, toEvent: ToEvent): string;
  asItem(status: ItemStatus): JsonObject;
}

/** An item that is being written. */
export interface OpenItem extends OutputItem {
  write(delta: JsonObject, toEvent: ToEvent): string;
}

/** Undefined for blocks that have no place in a response. */
export function openItemOf(block: JsonObject, place: ItemPlace, tools: GivenTools): OpenItem | undefined {
  if (block.type === 'text') return new TextItem(place, textOf(block.text));
  if (isThinking(block)) return new ReasoningItem(place, block);
  return block.type === 'tool_use' ? new CallItem(place, block, tools) : undefined;
}

/** What all items have in common: they are added, and done. */
abstract class AnyItem implements OutputItem {
  constructor(protected readonly place: ItemPlace) {}

  abstract asItem(status: ItemStatus): JsonObject;
  protected abstract get itemId(): string;

  begin(toEvent: ToEvent): string {
    return toEvent('response.output_item.added', {
      output_index: this.place.outputIndex,
      item: this.asItem('in_progress'),
    });
  }

  end(status: EndStatus, toEvent: ToEvent): string {
    return toEvent('response.output_item.done', { output_index: this.place.outputIndex, item: this.asItem(status) });
  }

  protected get at(): JsonObject {
    return { item_id: this.itemId, output_index: this.place.outputIndex };
  }
}

class TextItem extends AnyItem implements OpenItem {
  private written = '';

  constructor(
    place: ItemPlace,
    private readonly first: string,
  ) {
    super(place);
  }

  protected override get itemId(): string {
    return `msg_${this.place.id}`;
  }

  override asItem(status: ItemStatus): JsonObject {
    return messageItem(this.place.id, status === 'in_progress' ? [] : [textPart(this.written)], status);
  }

  override begin(toEvent: ToEvent): string {
    return (
      super.begin(toEvent) +
      toEvent('response.content_part.added', { ...this.partAt, part: textPart('') }) +
      this.text(this.first, toEvent)
    );
  }

  write(delta: JsonObject, toEvent: ToEvent): string {
    return delta.type === 'text_delta' ? this.text(textOf(delta.text), toEvent) : '';
  }

  override end(status: EndStatus, toEvent: ToEvent): string {
    const { written: text } = this;
    return (
      toEvent('response.output_text.done', { ...this.partAt, text, logprobs: [] }) +
      toEvent('response.content_part.done', { ...this.partAt, part: textPart(text) }) +
      super.end(status, toEvent)
    );
  }

  private text(text: string, toEvent: ToEvent): string {
    if (text === '') return '';
    this.written += text;
    return toEvent('response.output_text.delta', { ...this.partAt, delta: text, logprobs: [] });
  }

  private get partAt(): JsonObject {
    return { ...this.at, content_index: 0 };
  }
}

/** What Claude says about a refusal: a message with a part of its own. */
export class RefusalItem extends AnyItem {
  constructor(
    place: ItemPlace,
    private readonly refusal: string,
  ) {
    super(place);
  }

  protected override get itemId(): string {
    return `msg_${this.place.id}`;
  }

  override asItem(status: ItemStatus): JsonObject {
    return messageItem(this.place.id, status === 'in_progress' ? [] : [refusalPart(this.refusal)], status);
  }

  override begin(toEvent: ToEvent): string {
    const at = { ...this.at, content_index: 0 };
    return (
      super.begin(toEvent) +
      toEvent('response.content_part.added', { ...at, part: refusalPart('') }) +
      toEvent('response.refusal.delta', { ...at, delta: this.refusal })
    );
  }

  override end(status: EndStatus, toEvent: ToEvent): string {
    const at = { ...this.at, content_index: 0 };
    return (
      toEvent('response.refusal.done', { ...at, refusal: this.refusal }) +
      toEvent('response.content_part.done', { ...at, part: refusalPart(this.refusal) }) +
      super.end(status, toEvent)
    );
  }
}

class ReasoningItem extends AnyItem implements OpenItem {
  private readonly block: JsonObject;

  constructor(place: ItemPlace, block: JsonObject) {
    super(place);
    this.block = { ...block };
  }

  protected override get itemId(): string {
    return `rs_${this.place.id}`;
  }

  override asItem(status: ItemStatus): JsonObject {
    return reasoningItem(this.place.id, this.block, status);
  }

  write(delta: JsonObject, toEvent: ToEvent): string {
    if (delta.type === 'signature_delta') this.block.signature = delta.signature;
    const text = delta.type === 'thinking_delta' ? textOf(delta.thinking) : '';
    if (text === '') return '';
    const isFirst = textOf(this.block.thinking) === '';
    this.block.thinking = textOf(this.block.thinking) + text;
    const begun = isFirst ? toEvent('response.reasoning_summary_part.added', this.summary(summaryPart(''))) : '';
    return begun + toEvent('response.reasoning_summary_text.delta', { ...this.at, summary_index: 0, delta: text });
  }

  override end(status: EndStatus, toEvent: ToEvent): string {
    const text = textOf(this.block.thinking);
    if (text === '') return super.end(status, toEvent);
    return (
      toEvent('response.reasoning_summary_text.done', { ...this.at, summary_index: 0, text }) +
      toEvent('response.reasoning_summary_part.done', this.summary(summaryPart(text))) +
      super.end(status, toEvent)
    );
  }

  private summary(part: JsonObject): JsonObject {
    return { ...this.at, summary_index: 0, part };
  }
}

class CallItem extends AnyItem implements OpenItem {
  private json = '';
  private readonly reader: CustomInputReader | undefined;

  constructor(
    place: ItemPlace,
    private readonly block: JsonObject,
    private readonly tools: GivenTools,
  ) {
    super(place);
    if (calledTool(block, tools).kind === 'custom') this.reader = new CustomInputReader();
  }

  protected override get itemId(): string {
    return `${this.reader ? 'ctc' : 'fc'}_${this.place.id}`;
  }

  override asItem(status: ItemStatus): JsonObject {
    return callItem(this.place.id, this.block, this.json, { status, tools: this.tools });
  }

  write(delta: JsonObject, toEvent: ToEvent): string {
    const json = delta.type === 'input_json_delta' ? textOf(delta.partial_json) : '';
    if (json === '') return '';
    this.json += json;
    if (!this.reader) return toEvent('response.function_call_arguments.delta', { ...this.at, delta: json });
    return this.inputEvent(this.reader.write(json), toEvent);
  }

  override end(status: EndStatus, toEvent: ToEvent): string {
    if (status === 'completed') this.json ||= '{}';
    return this.endOfInput(toEvent) + super.end(status, toEvent);
  }

  private endOfInput(toEvent: ToEvent): string {
    const { input, name, arguments: callArguments } = this.asItem('completed');
    if (!this.reader) {
      return toEvent('response.function_call_arguments.done', { ...this.at, name, arguments: callArguments });
    }
    const rest = this.inputEvent(this.reader.end(), toEvent);
    return rest + toEvent('response.custom_tool_call_input.done', { ...this.at, input });
  }

  private inputEvent(input: string, toEvent: ToEvent): string {
    return input === '' ? '' : toEvent('response.custom_tool_call_input.delta', { ...this.at, delta: input });
  }
}
