import { isToken, startOfRun } from './detection/boundaries.js';
import { hasToken } from './known-tokens.js';
import type { MaskMap } from './mask-map.js';
import type { MaskOptions } from './text-masker.js';
import { restoredText } from './text-restorer.js';

/** An ARN has at most 2,048 characters. A longer placeholder, such as that of a session token, is held as far as it reaches. */
const MAX_HELD_CHARACTERS = 2_100;
/** What precedes a text decides what its parts mean. It is longer than an ARN. */
const CONTEXT_CHARACTERS = 2_400;
/** The longest escape. */
const TAIL_CHARACTERS = 28;
const RUN = new Uint8Array(128);
for (const character of '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.:/\\%+=@*$#-') {
  RUN[character.charCodeAt(0)] = 1;
}

/** The end of a text, from a blank on: half of an ARN is another text. */
function contextOf(text: string): string {
  if (text.length <= CONTEXT_CHARACTERS) return text;
  const end = text.slice(-CONTEXT_CHARACTERS);
  return end.slice(Math.max(0, end.search(/\s/)));
}

function startWithoutMarks(text: string, from: number, end: number): number {
  let start = from;
  while (start < end - 1 && (text[start] === '-' || text[start] === '_')) start += 1;
  return start;
}

/** The beginning of a word of which a part has left already: an escape, a color or emphasis before it is none of it. */
function startBehindEscape(text: string, at: number, end: number): number {
  let start = at;
  while (start > 0 && isToken(text.charCodeAt(start - 1))) start -= 1;
  if (start === at) return at;
  return startWithoutMarks(text, startOfRun(text, start, end), end);
}

function endWithoutMarks(text: string, start: number, to: number): number {
  let end = to;
  while (end > start + 1 && (text[end - 1] === '-' || text[end - 1] === '_')) end -= 1;
  return end;
}

function startOfToken(text: string, at: number, from: number): number {
  let start = at;
  while (at < text.length && start > from && isToken(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** What happened to placeholders in an answer. */
export interface RestoreCounts {
  readonly restored: Map<string, number>;
  left: number;
}

/** A text that arrives in pieces of any size. Only an end that can still become a placeholder is held back. */
export class TextStream {
  private held = '';
  /** The last characters that were released: an escape can end there. */
  private tail = '';

  /** @param context what precedes the text; at first the key of a JSON member */
  constructor(
    private readonly map: MaskMap,
    private readonly options: MaskOptions,
    private readonly counts: RestoreCounts,
    private context = '',
  ) {}

  get isHolding(): boolean {
    return this.held !== '';
  }

  /** What can go on: as many characters as it takes from what came so far. */
  push(text: string): string {
    const all = this.held + text;
    const limit = Math.max(MAX_HELD_CHARACTERS, this.map.allPlaceholders.longest) + text.length;
    const cut = all.length > limit ? all.length : this.cutOf(all);
    this.held = all.slice(cut);
    return this.release(all.slice(0, cut), this.held);
  }

  /** The rest, at the end of the text. */
  end(): string {
    const rest = this.held;
    this.held = '';
    return this.release(rest, '');
  }

  /** @param ahead what follows and is held: it decides where a form ends */
  private release(text: string, ahead: string): string {
    if (text === '') return '';
    const { context: before, tail } = this;
    this.remember(text);
    if (!this.mayHavePlaceholder(text, tail)) return text;
    const context = contextOf(before);
    const from = context.length;
    const to = from + text.length;
    const result = restoredText(context + text + ahead, this.map, this.options, '', [from, to]);
    for (const { rule } of result.restored) {
      this.counts.restored.set(rule, (this.counts.restored.get(rule) ?? 0) + 1);
    }
    this.counts.left += result.left.length;
    return result.text.slice(from, to);
  }

  /** Cut seldom: a text that is joined and cut for each piece costs more than everything else. */
  private remember(text: string): void {
    this.tail = (this.tail + text).slice(-TAIL_CHARACTERS);
    const longer = this.context + text;
    this.context = longer.length > 4 * CONTEXT_CHARACTERS ? contextOf(longer) : longer;
  }

  /** In a text with escapes or encoded characters only the whole search finds out. */
  private mayHavePlaceholder(text: string, tail: string): boolean {
    return text.includes('%') || text.includes('\\') || hasToken(tail + text, this.map.allPlaceholders);
  }

  /** How much of the text can go on: what precedes the first part of its last run that is, or can become, a placeholder. */
  private cutOf(all: string): number {
    const text = this.tail + all;
    const from = this.tail.length;
    let start = text.length;
    while (start > from && RUN[text.charCodeAt(start - 1)] === 1) start -= 1;
    const literal = startOfToken(text, this.startOfLiteral(text, start), from);
    for (let at = start; at < text.length; ) {
      if (!isToken(text.charCodeAt(at))) {
        at += 1;
        continue;
      }
      let end = at;
      while (end < text.length && isToken(text.charCodeAt(end))) end += 1;
      const begin = at === from ? startBehindEscape(text, at, end) : at;
      if (begin >= from && this.mayBe(text, begin, end)) return Math.min(begin, literal) - from;
      at = end;
    }
    return Math.max(literal, from) - from;
  }

  private mayBe(all: string, start: number, end: number): boolean {
    const { map } = this;
    const index = map.allPlaceholders;
    const run = startOfRun(all, start, end);
    const starts = [start, run, startWithoutMarks(all, run, end)].filter((from) =>
      index.hasFirst(all.charCodeAt(from)),
    );
    if (starts.length === 0) return false;
    const isMarked = (from: number) => index.has(all, from, endWithoutMarks(all, from, end));
    if (starts.some((from) => index.has(all, from, end) || isMarked(from))) return true;
    if (end < all.length) return false;
    // A hyphen behind a placeholder ends it or not, as the next character decides.
    const ends = [end, endWithoutMarks(all, start, end)];
    return starts.some((from) => ends.some((to) => map.mayBecomePlaceholder(all.slice(from, to))));
  }

  /** Where a placeholder with other characters than a token's is in the last run, or has begun at the end of the text. */
  private startOfLiteral(all: string, run: number): number {
    const index = this.map.allPlaceholders;
    let start = index.startOfLiteral(all);
    for (const literal of index.literals) {
      const at = all.indexOf(literal, run);
      if (at !== -1) start = Math.min(start, at);
    }
    return start;
  }
}
