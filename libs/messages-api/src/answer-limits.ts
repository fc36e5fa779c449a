/**
 * Upper bounds for answers of the Messages API. 128,000 output tokens are about 1 MB of JSON or, with one event per
 * token, 25 MB of events. Results of server tools and files in base64 add to that. A larger answer is broken.
 */

/** For an answer that is buffered whole. */
export const MAX_WHOLE_ANSWER_BYTES = 16 * 1024 * 1024;

/** For an answer that is streamed through. */
export const MAX_PASSED_ANSWER_BYTES = 64 * 1024 * 1024;

/** How long an event stream may stay open after the event that ends its message. */
export const MAX_LINGER_MS = 5_000;

/** Bytes of a stream without any event except `ping`. Enough for pings of several days. */
export const MAX_IDLE_BYTES = 1024 * 1024;

/** Text and events compress to a tenth, repetitive ones to a fiftieth. */
const MAX_COMPRESSION_RATIO = 200;
const MAX_UNJUDGED_BYTES = 4 * 1024 * 1024;

/** The most that this many compressed bytes may decode to. An answer beyond it is a decompression bomb, not text. */
export function maxDecodedBytes(encodedBytes: number, limitBytes: number): number {
  return Math.min(limitBytes, Math.max(MAX_UNJUDGED_BYTES, MAX_COMPRESSION_RATIO * encodedBytes));
}
