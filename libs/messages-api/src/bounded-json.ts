import { type JsonOutline, outlineOfJson } from './json-members.js';

/**
 * The longest real prompts contain about 30,000 values. Building objects for this many takes up to 60 ms; those of a
 * 32 MiB body could take 4 s and gigabytes.
 */
const MAX_VALUES = 100_000;
/** V8 hashes strings beyond 16 KB by their length alone: 900 such keys take a second. */
const MAX_KEY_BYTES = 1_024;

/** The text is a JSON object, but its tree would cost too much. */
export class JsonLimitError extends Error {
  override readonly name = 'JsonLimitError';
}

/** Checks the figures of a scan before the tree is built. @throws JsonLimitError */
export function expectBoundedTree({ valueCount, longestKeyBytes }: Omit<JsonOutline, 'members'>): void {
  if (valueCount > MAX_VALUES) {
    throw new JsonLimitError(`the JSON holds ${valueCount} values; at most ${MAX_VALUES} are allowed`);
  }
  if (longestKeyBytes > MAX_KEY_BYTES) {
    throw new JsonLimitError(`the JSON has a key of ${longestKeyBytes} bytes; at most ${MAX_KEY_BYTES} are allowed`);
  }
}

/**
 * Parses a JSON object in bounded time and memory.
 *
 * @throws JsonSyntaxError, JsonLimitError
 */
export function parseBoundedJson(bytes: Buffer): Record<string, unknown> {
  expectBoundedTree(outlineOfJson(bytes));
  return JSON.parse(bytes.toString()) as Record<string, unknown>;
}
