import { EventStreamCodec, type MessageHeaders } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One frame of `application/vnd.amazon.eventstream` with string headers and a JSON payload. */
export function eventStreamFrame(headers: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const typedHeaders: MessageHeaders = {};
  for (const [name, value] of Object.entries(headers)) typedHeaders[name] = { type: 'string', value };
  return Buffer.from(codec.encode({ headers: typedHeaders, body: Buffer.from(JSON.stringify(payload)) }));
}

/** A `chunk` event: one Anthropic event as base64, with padding of varying length so that sizes reveal nothing. */
export function chunkFrame(event: unknown, index = 0): Buffer {
  const headers = { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' };
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  return eventStreamFrame(headers, { bytes, p: PADDING.slice(0, 4 + ((index * 17) % (PADDING.length - 4))) });
}

/** A modeled exception in the middle of a stream. `exceptionName` has AWS's spelling (`ThrottlingException`). */
export function exceptionFrame(exceptionName: string, payload: unknown): Buffer {
  const type = exceptionName.charAt(0).toLowerCase() + exceptionName.slice(1);
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' };
  return eventStreamFrame(headers, payload);
}
