import { hash } from 'node:crypto';
import type { Placeholders } from './placeholders.js';
import { isDistinctive } from './shape.js';

const MAX_INDEXED_LENGTH = 255;
/** Each is searched for by itself. */
const MAX_LITERALS = 200;

/** An original and its replacement. */
export interface Pair {
  readonly original: string;
  readonly placeholder: string;
  readonly isSecret: boolean;
  /** Listed by its tenant. */
  readonly isKnown?: boolean;
}

/**
 * What has been replaced in one request so far, in the order in which a model reads it. The same beginning of a
 * conversation always leads to the same map, so earlier turns are masked alike in every later request.
 */
export class MaskMap {
  /** Stands for all pairs so far and their order. */
  id = '';
  private readonly byOriginal = new Map<string, Pair>();
  private readonly byPlaceholder = new Map<string, Pair>();
  /** Distinctive originals: they are masked wherever they occur as a token, and restored likewise. */
  readonly known = new TokenIndex();
  /** What restoring looks for. It is filled when it is asked for: many requests get an answer without a placeholder. */
  private readonly answers = { known: new TokenIndex(), all: new TokenIndex(), pending: [] as Pair[] };
  private sortedPlaceholders: readonly string[] | undefined;

  constructor(private readonly placeholders: Placeholders) {}

  /** False once what follows is not read by the model before its answer: from then on only forms are masked. */
  hasNewKnown = true;

  /** How many distinctive originals there are. */
  get knownCount(): number {
    return this.known.size;
  }

  get isEmpty(): boolean {
    return this.byOriginal.size === 0;
  }

  get pairs(): IterableIterator<Pair> {
    return this.byOriginal.values();
  }

  pairOf(original: string): Pair | undefined {
    return this.byOriginal.get(original);
  }

  originalOf(placeholder: string): string | undefined {
    return this.byPlaceholder.get(placeholder)?.original;
  }

  isPlaceholder(text: string): boolean {
    return this.byPlaceholder.has(text);
  }

  /** The pair of an original; a new one if it was not seen before. Not added yet. */
  pairFor(original: string, isSecret: boolean, isKnown = false): Pair {
    const known = this.byOriginal.get(original);
    if (known) return known;
    for (let attempt = 0; ; attempt += 1) {
      const placeholder = this.placeholders.of(original, isSecret, attempt);
      const isFree =
        !this.byPlaceholder.has(placeholder) && placeholder !== original && !this.byOriginal.has(placeholder);
      if (isFree || attempt > 20) return { original, placeholder, isSecret, isKnown };
    }
  }

  add(pair: Pair): void {
    if (this.byOriginal.has(pair.original)) return;
    this.byOriginal.set(pair.original, pair);
    this.byPlaceholder.set(pair.placeholder, pair);
    this.answers.pending.push(pair);
    this.sortedPlaceholders = undefined;
    if (this.hasNewKnown && (pair.isSecret || pair.isKnown || isDistinctive(pair.original)))
      this.known.add(pair.original);
  }

  /** After a piece of the request that added pairs. */
  advance(pairs: readonly Pair[]): void {
    if (pairs.length === 0) return;
    this.id = hash('sha256', `${this.id}\0${pairs.map(({ original }) => original).join('\0')}`, 'base64');
  }

  /** The placeholders of distinctive originals. */
  get knownPlaceholders(): TokenIndex {
    this.index();
    return this.answers.known;
  }

  get allPlaceholders(): TokenIndex {
    this.index();
    return this.answers.all;
  }

  private index(): void {
    const { pending, all, known } = this.answers;
    if (pending.length === 0) return;
    for (const { original, placeholder } of pending) {
      all.add(placeholder);
      if (this.known.includes(original)) known.add(placeholder);
    }
    pending.length = 0;
  }

  /** True if this may be the beginning of a placeholder, or is one. */
  mayBecomePlaceholder(text: string): boolean {
    this.sortedPlaceholders ??= [...this.byPlaceholder.keys()].sort();
    const sorted = this.sortedPlaceholders;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < text) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(text) ?? false;
  }
}

/** Texts to look for. Most tokens of a text are ruled out by their length and first character. */
export class TokenIndex {
  /** Those that are not a token, such as secrets with a slash. */
  readonly literals: string[] = [];
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  private readonly tokens = new Set<string>();
  private readonly lengths = new Uint8Array(MAX_INDEXED_LENGTH + 1);
  private readonly firsts = new Uint8Array(256);
  private readonly literalFirsts = new Uint8Array(256);
  private longestLiteral = 0;

  get isEmpty(): boolean {
    return this.tokens.size === 0 && this.literals.length === 0;
  }

  get size(): number {
    return this.tokens.size + this.literals.length;
  }

  add(text: string): void {
    this.longest = Math.max(this.longest, text.length);
    if (!/^[A-Za-z0-9_-]+$/.test(text)) {
      if (this.literals.length < MAX_LITERALS && !this.literals.includes(text)) this.addLiteral(text);
      return;
    }
    this.tokens.add(text);
    this.shortest = Math.min(this.shortest, text.length);
    this.lengths[Math.min(text.length, MAX_INDEXED_LENGTH)] = 1;
    this.firsts[text.charCodeAt(0)] = 1;
  }

  private addLiteral(text: string): void {
    this.literals.push(text);
    this.literalFirsts[text.charCodeAt(0)] = 1;
    this.longestLiteral = Math.max(this.longestLiteral, text.length);
  }

  /** Where a literal has begun that may go on behind the text; the length of the text if none has. */
  startOfLiteral(text: string): number {
    for (let at = Math.max(0, text.length - this.longestLiteral); at < text.length; at += 1) {
      if (this.literalFirsts[text.charCodeAt(at)] !== 1) continue;
      const end = text.slice(at);
      if (this.literals.some((literal) => literal.startsWith(end))) return at;
    }
    return text.length;
  }

  includes(text: string): boolean {
    return this.tokens.has(text) || this.literals.includes(text);
  }

  /** True if one of them begins with this character. */
  hasFirst(code: number): boolean {
    return this.firsts[code] === 1;
  }

  has(text: string, start: number, end: number): boolean {
    if (end <= start || this.lengths[Math.min(end - start, MAX_INDEXED_LENGTH)] !== 1) return false;
    return this.firsts[text.charCodeAt(start)] === 1 && this.tokens.has(text.slice(start, end));
  }
}
