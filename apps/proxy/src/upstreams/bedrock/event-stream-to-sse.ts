import { membersOfJson, memberValue } from '@claude-proxy/messages-api';
import { withoutMember, withValue } from './json-edits.js';

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

/**
 * Turns the chunks of one InvokeModel answer into what Anthropic would have sent. A chunk holds one event's JSON, which
 * goes out byte for byte but for two places: the model is the one that the client asked for, and Bedrock's metrics
 * become usage.
 */
export class BedrockAnswerTranslation {
  /** True once the event that ends an answer has passed; a stream that ends before is broken. */
  isComplete = false;
  private measured: Record<string, number> | undefined;
  private readonly model: Buffer;

  constructor(clientModel: string) {
    this.model = Buffer.from(JSON.stringify(clientModel));
  }

  measuredUsage(): Record<string, unknown> | undefined {
    return this.measured;
  }

  /** A whole answer. */
  json(bytes: Uint8Array): Buffer {
    return this.withoutMetrics(withValue(asBuffer(bytes), 'model', this.model));
  }

  /** One chunk of a stream as a server-sent event; nothing for a chunk without type, which no client could name. */
  event(bytes: Uint8Array): Buffer | undefined {
    const json = asBuffer(bytes);
    const type = eventTypeOf(json);
    if (type === undefined) return undefined;
    return framed(type, this.translated(type, json));
  }

  private translated(type: string, json: Buffer): Buffer {
    if (type === 'message_start') return this.withClientModel(json);
    if (type === 'error') this.isComplete = true;
    if (type !== 'message_stop') return json;
    this.isComplete = true;
    return this.withoutMetrics(json);
  }

  private withClientModel(json: Buffer): Buffer {
    const range = membersOfJson(json).get('message');
    if (!range) return json;
    return withValue(json, 'message', withValue(json.subarray(range.start, range.end), 'model', this.model));
  }

  private withoutMetrics(json: Buffer): Buffer {
    if (!json.includes(METRICS)) return json;
    this.measured = usageOfMetrics(memberValue(json, membersOfJson(json), METRICS)) ?? this.measured;
    return withoutMember(json, METRICS);
  }
}

/** What a stream's chunk is; `undefined` where it does not say. Throws where it is no JSON. */
export function eventTypeOf(json: Buffer): string | undefined {
  const end = json.indexOf(QUOTE, TYPE_FIRST.length);
  const isTypeFirst = end > 0 && json.subarray(0, TYPE_FIRST.length).equals(TYPE_FIRST);
  const type = isTypeFirst
    ? json.toString('latin1', TYPE_FIRST.length, end)
    : memberValue(json, membersOfJson(json), 'type');
  return typeof type === 'string' && EVENT_NAME.test(type) ? type : undefined;
}

/** Line breaks can only stand between JSON's tokens; in a `data:` line they would end it. */
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
