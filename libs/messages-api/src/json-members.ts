/** Where a value stands in a JSON text: `bytes.subarray(start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The text is no JSON object. `offset` counts bytes. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';

  constructor(
    readonly expected: string,
    readonly offset: number,
  ) {
    super(`invalid JSON: expected ${expected} at byte ${offset}`);
  }
}

/** Deeper nesting than any real request has; bounds the work on hostile bodies. */
const MAX_DEPTH = 1_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
/** Tables, because a look-up costs a third of the comparisons it stands for: nearly all bytes are looked at here. */
const IS_PLAIN = tableOf((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
const IS_ESCAPED = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));

/**
 * Checks that the bytes are one JSON object and tells where its members' values stand, without building the tree:
 * a third of the time of `JSON.parse`, and no garbage. Of a repeated key the last one counts, as in every parser.
 *
 * @throws JsonSyntaxError
 */
export function membersOfJson(bytes: Uint8Array): Map<string, ByteRange> {
  const members = new Map<string, ByteRange>();
  let at = taken(bytes, afterBlanks(bytes, 0), OPEN_BRACE, 'an object');
  at = afterBlanks(bytes, at);
  at = bytes[at] === CLOSE_BRACE ? at + 1 : afterMembers(bytes, at, members);
  at = afterBlanks(bytes, at);
  if (at < bytes.length) fail('the end', at);
  return members;
}

/** The parsed value of a member, or undefined where there is none. */
export function memberValue(bytes: Buffer, members: ReadonlyMap<string, ByteRange>, key: string): unknown {
  const range = members.get(key);
  return range && JSON.parse(bytes.toString('utf8', range.start, range.end));
}

// Functions from one offset to the next: an offset in a local variable is a register, in a field it is memory.

function afterMembers(bytes: Uint8Array, first: number, members: Map<string, ByteRange>): number {
  let at = first;
  while (true) {
    const keyEnd = endOfString(bytes, at);
    const key = textOf(bytes, at, keyEnd);
    const start = afterBlanks(bytes, taken(bytes, afterBlanks(bytes, keyEnd), COLON, '":"'));
    const end = endOfValue(bytes, start);
    members.set(key, { start, end });
    at = afterBlanks(bytes, end);
    if (bytes[at] !== COMMA) return taken(bytes, at, CLOSE_BRACE, '"," or "}"');
    at = afterBlanks(bytes, at + 1);
  }
}

/** A key, quotes included in the range. Those of the API are short ASCII names, for which a parser is too much. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte === BACKSLASH) return parsedText(bytes, start, end);
    text += String.fromCharCode(byte);
  }
  return text;
}

function parsedText(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
}

/** A loop with a stack of its own: recursion would let a body of brackets overflow ours. */
function endOfValue(bytes: Uint8Array, start: number): number {
  const open: number[] = [];
  let at = start;
  do {
    at = afterBlanks(bytes, at);
    const close = closingOf(bytes[at]!);
    const inside = close === 0 ? at : afterBlanks(bytes, at + 1);
    if (close === 0) at = afterContainers(bytes, endOfScalar(bytes, at), open);
    else if (bytes[inside] === close) at = afterContainers(bytes, inside + 1, open);
    else at = opened(bytes, inside, open, close);
  } while (open.length > 0);
  return at;
}

/** Moves on to the first value of a container that is not empty. */
function opened(bytes: Uint8Array, inside: number, open: number[], close: number): number {
  if (open.push(close) > MAX_DEPTH) fail(`at most ${MAX_DEPTH} levels`, inside);
  return close === CLOSE_BRACE ? afterKey(bytes, inside) : inside;
}

/** After a value: closes what ends here, or moves on to the next value of the innermost container. */
function afterContainers(bytes: Uint8Array, end: number, open: number[]): number {
  let at = end;
  while (open.length > 0) {
    at = afterBlanks(bytes, at);
    const close = open[open.length - 1]!;
    if (bytes[at] === COMMA) {
      at = afterBlanks(bytes, at + 1);
      return close === CLOSE_BRACE ? afterKey(bytes, at) : at;
    }
    at = taken(bytes, at, close, close === CLOSE_BRACE ? '"," or "}"' : '"," or "]"');
    open.pop();
  }
  return at;
}

function closingOf(byte: number): number {
  if (byte === OPEN_BRACE) return CLOSE_BRACE;
  return byte === OPEN_BRACKET ? CLOSE_BRACKET : 0;
}

function afterKey(bytes: Uint8Array, start: number): number {
  return taken(bytes, afterBlanks(bytes, endOfString(bytes, start)), COLON, '":"');
}

function endOfScalar(bytes: Uint8Array, start: number): number {
  const byte = bytes[start];
  if (byte === QUOTE) return endOfString(bytes, start);
  if (byte === 0x74) return endOfWord(bytes, start, 'true');
  if (byte === 0x66) return endOfWord(bytes, start, 'false');
  if (byte === 0x6e) return endOfWord(bytes, start, 'null');
  return endOfNumber(bytes, start);
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = taken(bytes, start, QUOTE, 'a string');
  while (true) {
    while (IS_PLAIN[bytes[at]!] === 1) at += 1;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) fail('the end of a string', at);
    at = endOfEscape(bytes, at + 1);
  }
}

function endOfEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  if (IS_ESCAPED[byte] === 1) return at + 1;
  if (byte !== 0x75) fail('an escape', at);
  for (let digit = at + 1; digit <= at + 4; digit += 1) {
    if (!isHexDigit(bytes[digit])) fail('four hex digits', digit);
  }
  return at + 5;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  at = bytes[at] === 0x30 ? at + 1 : endOfDigits(bytes, at);
  if (bytes[at] === 0x2e) at = endOfDigits(bytes, at + 1);
  if ((bytes[at]! | 0x20) !== 0x65) return at;
  at += 1;
  if (bytes[at] === 0x2b || bytes[at] === MINUS) at += 1;
  return endOfDigits(bytes, at);
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at += 1;
  if (at === start) fail('a value', at);
  return at;
}

function endOfWord(bytes: Uint8Array, start: number, word: string): number {
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[start + index] !== word.charCodeAt(index)) fail('a value', start);
  }
  return start + word.length;
}

function afterBlanks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

function taken(bytes: Uint8Array, at: number, byte: number, expected: string): number {
  if (bytes[at] !== byte) fail(expected, at);
  return at + 1;
}

function fail(expected: string, offset: number): never {
  throw new JsonSyntaxError(expected, offset);
}

function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

function isBlank(byte: number | undefined): boolean {
  return byte !== undefined && byte <= 0x20 && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && (isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66));
}
