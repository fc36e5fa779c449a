/**
 * Finds the members of a JSON object. Written in AssemblyScript for its SIMD instructions (16 bytes at once), because
 * all bytes of every request pass through it. `npm run build:scanner` compiles it into ../src/json-scanner.wasm.ts.
 *
 * The host writes the text at TEXT and reads the members at MEMBERS: four u32 each, the start and end of key and value
 * as offsets into the text. Internal positions are addresses; 0 is not a position and means that a fault was recorded.
 */

const MEMBERS: usize = 0;
const MAX_MEMBERS: u32 = 1_000;
/** Stack of the closing brackets that are still expected, innermost last. */
const OPEN: usize = 16_384;
/** Deeper than any real request; bounds the work on hostile bodies. */
const MAX_DEPTH: usize = 1_000;
/** A prompt has at most 1,000,000 tokens, and each value takes at least one. */
const MAX_VALUES: u32 = 1_000_000;
const TEXT: usize = 20_480;

const TAB: u8 = 0x09;
const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;
const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;
const PLUS: u8 = 0x2b;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const COLON: u8 = 0x3a;
const OPEN_BRACKET: u8 = 0x5b;
const BACKSLASH: u8 = 0x5c;
const CLOSE_BRACKET: u8 = 0x5d;
const LETTER_A: u8 = 0x61;
const LETTER_E: u8 = 0x65;
const LETTER_F: u8 = 0x66;
const LETTER_N: u8 = 0x6e;
const LETTER_T: u8 = 0x74;
const LETTER_U: u8 = 0x75;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;
/** Turns an upper-case letter into lower case. */
const LOWER_CASE: u8 = 0x20;

/** `true`, `alse` and `null` as u32, to compare four bytes at once. */
const WORD_TRUE: u32 = 0x65757274;
const WORD_ALSE: u32 = 0x65736c61;
const WORD_NULL: u32 = 0x6c6c756e;

/** The host has the texts, in the same order. */
enum Expected {
  Object = 0,
  Colon = 1,
  CommaOrBrace = 2,
  CommaOrBracket = 3,
  String = 4,
  EndOfString = 5,
  Escape = 6,
  HexDigits = 7,
  Value = 8,
  FewerLevels = 9,
  FewerMembers = 10,
  End = 11,
  FewerValues = 12,
}

let expected: Expected = Expected.Object;
let faultAt: usize = 0;

/** What was expected, if the text is not an object. */
export function faultKind(): u32 {
  return expected;
}

/** Offset of the fault in bytes from the start of the text. */
export function faultOffset(): u32 {
  return (faultAt - TEXT) as u32;
}

export function textAddress(): u32 {
  return TEXT as u32;
}

/** Address after the end of the object. */
let afterObject: usize = 0;

/** Number of all values below the object, on every level. */
let values: u32 = 0;
/** Length of the longest key in bytes, quotes included. */
let longestKey: usize = 0;

export function valueCount(): u32 {
  return values;
}

export function longestKeyBytes(): u32 {
  return longestKey as u32;
}

/** The number of members, or -1 on a fault. The memory must extend 16 bytes beyond the text. */
export function membersOf(length: u32): i32 {
  const end = TEXT + length;
  // Reads beyond the end see control characters, and no loop skips those.
  v128.store(end, i8x16.splat(0));
  values = 0;
  longestKey = 0;
  const count = membersOfObject(afterBlanks(TEXT));
  if (count < 0) return -1;
  const rest = afterBlanks(afterObject);
  if (rest === end) return count;
  fault(Expected.End, rest);
  return -1;
}

function membersOfObject(start: usize): i32 {
  if (load<u8>(start) !== OPEN_BRACE) return refusal(Expected.Object, start);
  let count: u32 = 0;
  let at = afterBlanks(start + 1);
  if (load<u8>(at) !== CLOSE_BRACE) {
    while (true) {
      if (count === MAX_MEMBERS) return refusal(Expected.FewerMembers, at);
      at = noteMember(MEMBERS + 16 * (count as usize), at);
      if (at === 0) return -1;
      count += 1;
      at = afterBlanks(at);
      if (load<u8>(at) !== COMMA) break;
      at = afterBlanks(at + 1);
    }
    if (load<u8>(at) !== CLOSE_BRACE) return refusal(Expected.CommaOrBrace, at);
  }
  afterObject = at + 1;
  return count as i32;
}

function noteMember(place: usize, start: usize): usize {
  const keyEnd = endOfString(start);
  if (keyEnd === 0) return 0;
  noteKey(keyEnd - start);
  const colon = afterBlanks(keyEnd);
  if (load<u8>(colon) !== COLON) return fault(Expected.Colon, colon);
  const valueStart = afterBlanks(colon + 1);
  const valueEnd = endOfValue(valueStart);
  store<u32>(place, (start - TEXT) as u32);
  store<u32>(place, (keyEnd - TEXT) as u32, 4);
  store<u32>(place, (valueStart - TEXT) as u32, 8);
  store<u32>(place, (valueEnd - TEXT) as u32, 12);
  return valueEnd;
}

/** Number of open containers. */
let depth: usize = 0;

/** A loop with its own stack: with recursion, nested brackets could overflow the call stack. */
function endOfValue(start: usize): usize {
  depth = 0;
  let at = start;
  do {
    at = afterBlanks(at);
    if (++values > MAX_VALUES) return fault(Expected.FewerValues, at);
    const close = closingOf(load<u8>(at));
    at = close === 0 ? afterContainers(endOfScalar(at)) : afterOpening(afterBlanks(at + 1), close);
  } while (at !== 0 && depth > 0);
  return at;
}

/** Moves to the first value of a container, or behind an empty one. */
function afterOpening(inside: usize, close: u8): usize {
  if (load<u8>(inside) === close) return afterContainers(inside + 1);
  if (depth === MAX_DEPTH) return fault(Expected.FewerLevels, inside);
  store<u8>(OPEN + depth, close);
  depth += 1;
  return close === CLOSE_BRACE ? afterKey(inside) : inside;
}

/** After a value: closes the containers that end here, or moves to the next value of the innermost one. */
function afterContainers(end: usize): usize {
  let at = end;
  while (at !== 0 && depth > 0) {
    at = afterBlanks(at);
    const close = load<u8>(OPEN + depth - 1);
    const byte = load<u8>(at);
    if (byte === COMMA) {
      at = afterBlanks(at + 1);
      return close === CLOSE_BRACE ? afterKey(at) : at;
    }
    if (byte !== close) return fault(close === CLOSE_BRACE ? Expected.CommaOrBrace : Expected.CommaOrBracket, at);
    at += 1;
    depth -= 1;
  }
  return at;
}

function closingOf(byte: u8): u8 {
  if (byte === OPEN_BRACE) return CLOSE_BRACE;
  return byte === OPEN_BRACKET ? CLOSE_BRACKET : 0;
}

function afterKey(start: usize): usize {
  const end = endOfString(start);
  if (end === 0) return 0;
  noteKey(end - start);
  const colon = afterBlanks(end);
  return load<u8>(colon) === COLON ? colon + 1 : fault(Expected.Colon, colon);
}

function noteKey(length: usize): void {
  if (length > longestKey) longestKey = length;
}

function endOfScalar(start: usize): usize {
  const byte = load<u8>(start);
  if (byte === QUOTE) return endOfString(start);
  if (byte === LETTER_T && load<u32>(start) === WORD_TRUE) return start + 4;
  if (byte === LETTER_F && load<u32>(start + 1) === WORD_ALSE) return start + 5;
  if (byte === LETTER_N && load<u32>(start) === WORD_NULL) return start + 4;
  return endOfNumber(start);
}

/** Scans 16 bytes at once and stops at quotes, backslashes and control characters. */
function endOfString(start: usize): usize {
  if (load<u8>(start) !== QUOTE) return fault(Expected.String, start);
  let at = start + 1;
  while (true) {
    const marks = marksOf(v128.load(at));
    if (marks === 0) {
      at += 16;
      continue;
    }
    at += ctz(marks) as usize;
    const byte = load<u8>(at);
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return fault(Expected.EndOfString, at);
    // Escapes often follow one another: a 16-byte block for each would cost three times as much.
    do {
      at = endOfEscape(at + 1);
      if (at === 0) return 0;
    } while (load<u8>(at) === BACKSLASH);
  }
}

/** One bit per quote, backslash and control character. */
function marksOf(block: v128): i32 {
  const quotes = i8x16.eq(block, i8x16.splat(0x22));
  const backslashes = i8x16.eq(block, i8x16.splat(0x5c));
  const controls = i8x16.lt_u(block, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
}

function endOfEscape(at: usize): usize {
  const byte = load<u8>(at);
  if (isEscaped(byte)) return at + 1;
  if (byte !== LETTER_U) return fault(Expected.Escape, at);
  for (let digit = at + 1; digit <= at + 4; digit++) {
    if (!isHexDigit(load<u8>(digit))) return fault(Expected.HexDigits, digit);
  }
  return at + 5;
}

/** `"`, `\`, `/`, b, f, n, r or t. */
function isEscaped(byte: u8): bool {
  switch (byte) {
    case LETTER_N:
    case QUOTE:
    case BACKSLASH:
    case LETTER_T:
    case 0x2f:
    case 0x62:
    case LETTER_F:
    case 0x72:
      return true;
    default:
      return false;
  }
}

function endOfNumber(start: usize): usize {
  let at = load<u8>(start) === MINUS ? start + 1 : start;
  at = load<u8>(at) === ZERO ? at + 1 : endOfDigits(at);
  if (at !== 0 && load<u8>(at) === POINT) at = endOfDigits(at + 1);
  if (at === 0 || (load<u8>(at) | LOWER_CASE) !== LETTER_E) return at;
  const sign = load<u8>(at + 1);
  return endOfDigits(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
}

function endOfDigits(start: usize): usize {
  let at = start;
  while (isDigit(load<u8>(at))) at += 1;
  return at === start ? fault(Expected.Value, at) : at;
}

function afterBlanks(start: usize): usize {
  let at = start;
  while (isBlank(load<u8>(at))) at += 1;
  return at;
}

function isBlank(byte: u8): bool {
  if (byte > SPACE) return false;
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

function isDigit(byte: u8): bool {
  return byte - ZERO < 10;
}

function isHexDigit(byte: u8): bool {
  return isDigit(byte) || (byte | LOWER_CASE) - LETTER_A < 6;
}

function fault(kind: Expected, at: usize): usize {
  expected = kind;
  faultAt = at;
  return 0;
}

function refusal(kind: Expected, at: usize): i32 {
  fault(kind, at);
  return -1;
}
