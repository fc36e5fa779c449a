/**
 * How large an answer of the Messages API can be. 128,000 output tokens are about 1 MB of JSON or, one event per token,
 * 25 MB of events; results of server tools and files in base64 come on top. More than these is a broken upstream.
 */

/** An answer that is held whole. */
export const MAX_WHOLE_ANSWER_BYTES = 16 * 1024 * 1024;

/** An answer that passes through. */
export const MAX_PASSED_ANSWER_BYTES = 64 * 1024 * 1024;

/** How long an event stream may stay open after the event that ends its message. */
export const MAX_LINGER_MS = 5_000;

/** What may come of a stream without an event other than `ping`: pings of several days. */
export const MAX_IDLE_BYTES = 1024 * 1024;

/** Text and events shrink to a tenth, or to a fiftieth where they repeat themselves. */
const MAX_COMPRESSION_RATIO = 200;
const MAX_UNJUDGED_BYTES = 4 * 1024 * 1024;

/** What so many compressed bytes of an answer may decode to; more is not text, but made to fill the memory. */
export function maxDecodedBytes(encodedBytes: number, limitBytes: number): number {
  return Math.min(limitBytes, Math.max(MAX_UNJUDGED_BYTES, MAX_COMPRESSION_RATIO * encodedBytes));
}
