import { JsonSyntaxError } from './json-members.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const SPACE = 0x20;

/** Up to this length a loop finds the end of a string faster than a native search, because of the cost of the call. */
const MAX_LOOP_BYTES = 64;

/** Views of one text. A conversation has fewer, and more would take more memory than the text itself. */
const MAX_VIEWS = 200_000;

/** A member of an object: where its key starts, and its value. */
export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly value: JsonView;
}

/** Ends of longer values are cached. Without the cache each level would scan all of its contents again. */
const LONG_VALUE_BYTES = 512;
const MAX_REMEMBERED_DEPTH = 32;
const MAX_REMEMBERED = 100_000;

/** The end of the string that begins at a position with its quote; undefined if it is not known. */
export type FindStringEnd = (start: number) => number | undefined;

/** Shared by all views of one text. */
class JsonSource {
  views = 0;
  private readonly ends = new Map<number, number>();
  private readonly opened = new Uint32Array(MAX_REMEMBERED_DEPTH);

  constructor(
    readonly bytes: Buffer,
    private readonly findStringEnd: FindStringEnd | undefined,
  ) {}

  endOfValue(start: number): number {
    const byte = this.bytes[start] ?? 0;
    if (byte === QUOTE) return this.endOfString(start);
    if (isOpening(byte)) return this.endOfContainer(start);
    return endOfScalar(this.bytes, start);
  }

  endOfString(start: number): number {
    const known = this.ends.get(start);
    if (known !== undefined) return known;
    const end = this.findStringEnd?.(start) ?? endOfString(this.bytes, start);
    if (end - start >= LONG_VALUE_BYTES) this.remember(start, end);
    return end;
  }

  /** Counts brackets in a loop: with recursion, nested brackets could overflow the stack. */
  private endOfContainer(start: number): number {
    const known = this.ends.get(start);
    if (known !== undefined) return known;
    const { bytes } = this;
    let depth = 0;
    let at = start;
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        at = this.findStringEnd?.(at) ?? endOfString(bytes, at);
        continue;
      }
      if (isOpening(byte)) this.open(depth++, at);
      at += 1;
      if (!isClosing(byte)) continue;
      this.close(--depth, at);
      if (depth === 0) return at;
    }
    throw new JsonSyntaxError('"," or "]"', at);
  }

  private open(depth: number, at: number): void {
    if (depth < MAX_REMEMBERED_DEPTH) this.opened[depth] = at;
  }

  private close(depth: number, end: number): void {
    if (depth >= MAX_REMEMBERED_DEPTH) return;
    const start = this.opened[depth]!;
    if (end - start >= LONG_VALUE_BYTES) this.remember(start, end);
  }

  private remember(start: number, end: number): void {
    if (this.ends.size < MAX_REMEMBERED) this.ends.set(start, end);
  }
}

/** The text has more values than the limit for views. */
export class JsonTooLargeError extends Error {
  override readonly name = 'JsonTooLargeError';

  constructor() {
    super(`the JSON text has more than ${MAX_VIEWS} values`);
  }
}

/**
 * A value in a JSON text that is known to be valid. Its members are located on first access, level by level. Unused
 * values are skipped without decoding.
 *
 * @throws JsonTooLargeError, and JsonSyntaxError if the text is not valid after all
 */
export class JsonView {
  private foundMembers: readonly JsonMember[] | undefined;
  private foundItems: readonly JsonView[] | undefined;
  private foundText: string | undefined;

  private constructor(
    private readonly source: JsonSource,
    readonly start: number,
    readonly end: number,
  ) {
    source.views += 1;
    if (source.views > MAX_VIEWS) throw new JsonTooLargeError();
  }

  /** @param findStringEnd faster than a loop over the bytes, for texts with many escapes */
  static of(bytes: Buffer, findStringEnd?: FindStringEnd): JsonView {
    const source = new JsonSource(bytes, findStringEnd);
    const start = afterBlanks(bytes, 0);
    return new JsonView(source, start, source.endOfValue(start));
  }

  get bytes(): Buffer {
    return this.source.bytes;
  }

  get isObject(): boolean {
    return this.firstByte === OPEN_BRACE;
  }

  get isArray(): boolean {
    return this.firstByte === OPEN_BRACKET;
  }

  get isString(): boolean {
    return this.firstByte === QUOTE;
  }

  get isNull(): boolean {
    return this.firstByte === 0x6e;
  }

  /** The members in order, including repeated keys; empty if the value is not an object. */
  members(): readonly JsonMember[] {
    this.foundMembers ??= this.isObject ? this.findMembers() : [];
    return this.foundMembers;
  }

  /** The items in order; empty if the value is not a list. */
  items(): readonly JsonView[] {
    this.foundItems ??= this.isArray ? this.findItems() : [];
    return this.foundItems;
  }

  /** The parts of an object or a list in order: the start of each (a member starts with its key) and its value. */
  parts(): readonly Omit<JsonMember, 'key'>[] {
    return this.isArray ? this.items().map((value) => ({ start: value.start, value })) : this.members();
  }

  /** The values inside that were accessed. Only those can have edits. */
  foundValues(): readonly JsonView[] {
    return this.foundItems ?? this.foundMembers?.map(({ value }) => value) ?? [];
  }

  /** The value of a member; the last one of a repeated key, as in every parser. */
  get(key: string): JsonView | undefined {
    const members = this.members();
    for (let index = members.length - 1; index >= 0; index -= 1) {
      if (members[index]!.key === key) return members[index]!.value;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** A string member, decoded; undefined for another type. */
  text(key: string): string | undefined {
    return this.get(key)?.asText();
  }

  /** The decoded string; undefined if the value is not a string. */
  asText(): string | undefined {
    if (!this.isString) return undefined;
    if (this.end - this.start > MAX_LOOP_BYTES) return decoded(this.bytes, this.start, this.end);
    this.foundText ??= decoded(this.bytes, this.start, this.end);
    return this.foundText;
  }

  /** The parsed value. Numbers may lose digits, so it must not be sent on. */
  value(): unknown {
    return JSON.parse(this.raw());
  }

  /** The original text of the value. */
  raw(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }

  private get firstByte(): number | undefined {
    return this.bytes[this.start];
  }

  private findMembers(): JsonMember[] {
    const { bytes, source } = this;
    const members: JsonMember[] = [];
    let at = afterBlanks(bytes, this.start + 1);
    if (bytes[at] === CLOSE_BRACE) return members;
    while (true) {
      const keyEnd = source.endOfString(at);
      const colon = afterBlanks(bytes, keyEnd);
      if (bytes[colon] !== COLON) throw new JsonSyntaxError('":"', colon);
      const valueStart = afterBlanks(bytes, colon + 1);
      const value = new JsonView(source, valueStart, source.endOfValue(valueStart));
      members.push({ key: decoded(bytes, at, keyEnd), start: at, value });
      const next = afterBlanks(bytes, value.end);
      if (bytes[next] !== COMMA) return members;
      at = afterBlanks(bytes, next + 1);
    }
  }

  private findItems(): JsonView[] {
    const { bytes, source } = this;
    const items: JsonView[] = [];
    let at = afterBlanks(bytes, this.start + 1);
    if (bytes[at] === CLOSE_BRACKET) return items;
    while (true) {
      const item = new JsonView(source, at, source.endOfValue(at));
      items.push(item);
      const next = afterBlanks(bytes, item.end);
      if (bytes[next] !== COMMA) return items;
      at = afterBlanks(bytes, next + 1);
    }
  }
}

/** Short ASCII without escapes, such as all keys of the API, needs no parser. */
function decoded(bytes: Buffer, start: number, end: number): string {
  if (end - start > MAX_LOOP_BYTES) return JSON.parse(bytes.toString('utf8', start, end));
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || byte === BACKSLASH) return JSON.parse(bytes.toString('utf8', start, end));
  }
  return bytes.toString('latin1', start + 1, end - 1);
}

function afterBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at]! <= SPACE) at += 1;
  return at;
}

function endOfScalar(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && !isEndOfScalar(bytes[at]!)) at += 1;
  if (at === start) throw new JsonSyntaxError('a value', at);
  return at;
}

function isOpening(byte: number): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

function isClosing(byte: number): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

function isEndOfScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON;
}

/** Long strings (images, files) use a native search. If quotes are close together, a loop is faster. */
function endOfString(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) throw new JsonSyntaxError('a string', start);
  let at = start + 1;
  while (true) {
    const stop = endOrNextByte(bytes, at);
    if (stop < 0) return -stop;
    const quote = bytes.indexOf(QUOTE, stop);
    if (quote === -1) throw new JsonSyntaxError('the end of a string', bytes.length);
    if (backslashesBefore(bytes, quote, stop) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The negated end of the string if it is near; otherwise the position to continue from. */
function endOrNextByte(bytes: Buffer, start: number): number {
  const far = start + MAX_LOOP_BYTES;
  const end = far < bytes.length ? far : bytes.length;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return -(at + 1);
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}

function backslashesBefore(bytes: Buffer, end: number, start: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === BACKSLASH) at -= 1;
  return end - at;
}
