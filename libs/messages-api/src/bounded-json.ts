import { type JsonOutline, outlineOfJson } from './json-members.js';

/**
 * The longest real prompts hold some 30,000 values. Objects in place of this many take up to 60 ms to build; those of a
 * body of 32 MiB could take 4 s and gigabytes.
 */
const MAX_VALUES = 100_000;
/** V8 hashes texts beyond 16 KB by their length alone: 900 such keys take a second. */
const MAX_KEY_BYTES = 1_024;

/** The text is a JSON object, but its tree would cost too much. */
export class JsonLimitError extends Error {
  override readonly name = 'JsonLimitError';
}

/** Looks at the figures of a scan, before anything is built. @throws JsonLimitError */
export function expectBoundedTree({ valueCount, longestKeyBytes }: Omit<JsonOutline, 'members'>): void {
  if (valueCount > MAX_VALUES) {
    throw new JsonLimitError(`the JSON holds ${valueCount} values; at most ${MAX_VALUES} are allowed`);
  }
  if (longestKeyBytes > MAX_KEY_BYTES) {
    throw new JsonLimitError(`the JSON has a key of ${longestKeyBytes} bytes; at most ${MAX_KEY_BYTES} are allowed`);
  }
}

/**
 * The tree of a JSON object, in bounded time and memory whatever the text is.
 *
 * @throws JsonSyntaxError, JsonLimitError
 */
export function parseBoundedJson(bytes: Buffer): Record<string, unknown> {
  expectBoundedTree(outlineOfJson(bytes));
  return JSON.parse(bytes.toString()) as Record<string, unknown>;
}
