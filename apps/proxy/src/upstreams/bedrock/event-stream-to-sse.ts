import { JsonEdits, JsonView, membersOfJson, memberValue } from '@claude-proxy/messages-api';
import { objectsIn } from './message-blocks.js';

const METRICS = 'amazon-bedrock-invocationMetrics';
const TYPE_FIRST = Buffer.from('{"type":"');
const QUOTE = 0x22;
const LINE_BREAKS = /[\r\n]/g;
const EVENT_NAME = /^[\w.-]+$/;
const END_OF_EVENT = Buffer.from('\n\n');

const USAGE_BY_METRIC = {
  inputTokenCount: 'input_tokens',
  outputTokenCount: 'output_tokens',
  cacheReadInputTokenCount: 'cache_read_input_tokens',
  cacheWriteInputTokenCount: 'cache_creation_input_tokens',
} as const;

/** Anthropic's value for a failed check, after which the client decides itself. The gateway never gives a verdict. */
const NO_VERDICT = '[{"type":"dangerous_tool_use","status":{"type":"unavailable","reason":"error"}}]';

/** The inputs for the translation of an answer. */
export interface AnswerTerms {
  /** The model name of the request. */
  readonly clientModel: string;
  /** Bedrock's tool names -> the client's. */
  readonly restoreNames: ReadonlyMap<string, string>;
  /** True if the client has requested `safeguard_results`, and needs a value if they are missing. */
  readonly wantsVerdict: boolean;
}

/**
 * Translates the chunks of one InvokeModel answer into Anthropic's format. A chunk has the JSON of one event, which
 * is relayed byte for byte with a few exceptions: the model and the tools get the client's names, Bedrock's
 * metrics become usage, and a missing verdict is reported as missing.
 */
export class BedrockAnswerTranslation {
  /** True after the event that ends an answer. A stream that ends earlier is broken. */
  isComplete = false;
  private measured: Record<string, number> | undefined;
  private hasVerdict = false;
  /** A `message_delta` that is held back until another one with the verdict follows. */
  private held: Buffer | undefined;

  constructor(private readonly terms: AnswerTerms) {}

  measuredUsage(): Record<string, unknown> | undefined {
    return this.measured;
  }

  /** Translates a complete answer. */
  json(bytes: Uint8Array): Buffer {
    const message = checkedView(asBuffer(bytes));
    const edits = new JsonEdits();
    this.nameModel(message, edits);
    for (const block of objectsIn(message.get('content'))) this.restoreNames(block, edits);
    this.takeMetrics(message, edits);
    if (this.terms.wantsVerdict && isMissing(message.get('safeguard_results'))) {
      edits.set(message, 'safeguard_results', NO_VERDICT);
    }
    return edits.rendered(message);
  }

  /** One chunk of a stream as server-sent events; undefined for a chunk without a type, which needs a name. */
  event(bytes: Uint8Array): Buffer | undefined {
    const json = asBuffer(bytes);
    const type = eventTypeOf(json);
    if (type === undefined) return undefined;
    if (type === 'message_delta' && this.terms.wantsVerdict) return this.hold(json);
    const event = framed(type, this.translated(type, json));
    const before = this.rest();
    return before ? Buffer.concat([before, event]) : event;
  }

  /** The event that is still held back at the end of the stream. */
  rest(): Buffer | undefined {
    const { held } = this;
    this.held = undefined;
    return held && framed('message_delta', this.hasVerdict ? held : withoutVerdict(held));
  }

  private hold(json: Buffer): Buffer | undefined {
    const before = this.held && framed('message_delta', this.held);
    this.held = json;
    this.hasVerdict ||= !isMissing(checkedView(json).get('delta')?.get('safeguard_results'));
    return before;
  }

  private translated(type: string, json: Buffer): Buffer {
    if (type === 'error') this.isComplete = true;
    if (type === 'message_stop') this.isComplete = true;
    const isEdited = type === 'message_start' || type === 'message_stop' || type === 'content_block_start';
    if (!isEdited) return json;
    const event = checkedView(json);
    const edits = new JsonEdits();
    if (type === 'message_start') this.nameModel(event.get('message'), edits);
    else if (type === 'content_block_start') this.restoreNames(event.get('content_block'), edits);
    else this.takeMetrics(event, edits);
    return edits.rendered(event);
  }

  private nameModel(message: JsonView | undefined, edits: JsonEdits): void {
    if (message?.has('model')) edits.set(message, 'model', JSON.stringify(this.terms.clientModel));
  }

  private restoreNames(block: JsonView | undefined, edits: JsonEdits): void {
    if (!block || this.terms.restoreNames.size === 0) return;
    this.restore(block, 'name', edits);
    for (const reference of objectsIn(block.get('content')?.get('tool_references'))) {
      this.restore(reference, 'tool_name', edits);
    }
  }

  private restore(holder: JsonView, key: string, edits: JsonEdits): void {
    const name = this.terms.restoreNames.get(holder.text(key) ?? '');
    if (name !== undefined) edits.set(holder, key, JSON.stringify(name));
  }

  private takeMetrics(holder: JsonView, edits: JsonEdits): void {
    const metrics = holder.get(METRICS);
    if (!metrics) return;
    this.measured = usageOfMetrics(metrics.value()) ?? this.measured;
    edits.remove(holder, METRICS);
  }
}

/** @throws JsonSyntaxError */
function checkedView(json: Buffer): JsonView {
  membersOfJson(json);
  return JsonView.of(json);
}

function isMissing(results: JsonView | undefined): boolean {
  return results === undefined || results.isNull;
}

function withoutVerdict(messageDelta: Buffer): Buffer {
  const event = JsonView.of(messageDelta);
  const delta = event.get('delta');
  if (!delta?.isObject) return messageDelta;
  const edits = new JsonEdits();
  edits.set(delta, 'safeguard_results', NO_VERDICT);
  return edits.rendered(event);
}

/** The event type of a chunk; `undefined` without one. Throws if it is not JSON. */
export function eventTypeOf(json: Buffer): string | undefined {
  const end = json.indexOf(QUOTE, TYPE_FIRST.length);
  const isTypeFirst = end > 0 && json.subarray(0, TYPE_FIRST.length).equals(TYPE_FIRST);
  const type = isTypeFirst
    ? json.toString('latin1', TYPE_FIRST.length, end)
    : memberValue(json, membersOfJson(json), 'type');
  return typeof type === 'string' && EVENT_NAME.test(type) ? type : undefined;
}

/** Line breaks can only occur between JSON tokens. In a `data:` line they would end it. */
function framed(type: string, json: Buffer): Buffer {
  const hasLineBreaks = json.includes('\n') || json.includes('\r');
  const data = hasLineBreaks ? Buffer.from(json.toString().replaceAll(LINE_BREAKS, ' ')) : json;
  return Buffer.concat([Buffer.from(`event: ${type}\ndata: `), data, END_OF_EVENT]);
}

function usageOfMetrics(metrics: unknown): Record<string, number> | undefined {
  if (typeof metrics !== 'object' || metrics === null) return undefined;
  const usage: Record<string, number> = {};
  for (const [metric, field] of Object.entries(USAGE_BY_METRIC)) {
    const count = (metrics as Record<string, unknown>)[metric];
    if (typeof count === 'number') usage[field] = count;
  }
  return usage;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
