import { type DetectOptions, detect } from './detection/detect.js';
import type { Part } from './detection/part-list.js';
import { ScannedText } from './detection/scanned-text.js';
import { type DecodedView, encodedRuns, unescapedView } from './encoded-runs.js';
import { findTokens } from './known-tokens.js';
import type { MaskMap, Pair, TokenIndex } from './mask-map.js';
import type { FindOwn } from './own-rules.js';

/** One replacement in a text. Original and placeholder have the same length, so positions stay. */
export interface Replacement {
  readonly pair: Pair;
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly matchStart: number;
  readonly matchEnd: number;
  /** Where each character is, if the text has it encoded. */
  readonly at: readonly number[] | undefined;
}

/** A part that a form or the index of known texts found. */
interface FoundPart extends Part {
  readonly text: string;
  readonly at: readonly number[] | undefined;
}

export const KNOWN_RULE = 'KNOWN_VALUE';

export interface MaskOptions extends DetectOptions {
  /** Values that a tenant lists. */
  readonly ownRules?: FindOwn;
}

/** What is masked in a text. @param isNew false to leave the map as it is */
export function findOriginals(
  text: string,
  map: MaskMap,
  options: MaskOptions,
  before = '',
  isNew = true,
): Replacement[] {
  const search = new TextSearch(ScannedText.of(text), options, before);
  if (isNew) search.learn(map);
  return search.originals(map);
}

/** The search in one text, in two steps: what its forms tell may also stand elsewhere by itself. */
export class TextSearch {
  private readonly view: DecodedView | undefined;
  private readonly plain: ScannedText;
  private readonly inForms: readonly FoundPart[];

  constructor(scanned: ScannedText, options: MaskOptions, before: string) {
    this.view = unescapedView(scanned.text);
    this.plain = this.view ? ScannedText.of(this.view.text) : scanned;
    this.inForms = formParts(this.plain, options, before);
  }

  /** Adds what the forms contain. */
  learn(map: MaskMap): void {
    for (const { text, isSecret, isKnown } of this.inForms) {
      if (!map.isPlaceholder(text)) map.add(map.pairFor(text, isSecret, isKnown));
    }
  }

  /** @param hasKnown false to leave out what is known from elsewhere */
  originals(map: MaskMap, hasKnown = true): Replacement[] {
    const replacements: Replacement[] = [];
    for (const part of hasKnown ? withTokens(this.plain, this.inForms, map.known) : this.inForms) {
      if (map.isPlaceholder(part.text)) continue;
      replacements.push(replacementOf(part, map.pairFor(part.text, part.isSecret, part.isKnown), this.view));
    }
    return replacements;
  }
}

/** What is restored in a text: replaced parts in the same places where originals would be found. */
export function findPlaceholders(text: string, map: MaskMap, options: MaskOptions, before = ''): Replacement[] {
  const view = unescapedView(text);
  const scanned = ScannedText.of(view?.text ?? text);
  const all = withTokens(scanned, formParts(scanned, options, before), map.knownPlaceholders);
  const replacements: Replacement[] = [];
  for (const part of all) {
    const original = map.originalOf(part.text);
    if (original === undefined) continue;
    replacements.push(replacementOf(part, { original: part.text, placeholder: original, isSecret: false }, view));
  }
  return replacements;
}

const NONE: readonly FoundPart[] = [];

function formParts(scanned: ScannedText, options: MaskOptions, before: string): readonly FoundPart[] {
  const { text } = scanned;
  const forms = detect(before === '' ? scanned : ScannedText.of(`${text}"`), options, before);
  const encoded = text.includes('%') ? encodedParts(text, options, 1) : NONE;
  const inText = toFound(forms, text);
  const found = encoded.length === 0 ? inText : merged(encoded, inText);
  return options.ownRules ? merged(found, toFound(options.ownRules(scanned), text)) : found;
}

function toFound(parts: readonly Part[], text: string): readonly FoundPart[] {
  return parts.length === 0 ? NONE : parts.map((part) => plain(part, text));
}

/** Two programs on the way of a text may each encode it. */
const MAX_ENCODINGS = 3;

function encodedParts(text: string, options: MaskOptions, depth: number): readonly FoundPart[] {
  let found: readonly FoundPart[] = [];
  for (const view of encodedRuns(text)) {
    const plainParts = detect(ScannedText.of(view.text), options).map((part) => plain(part, view.text));
    const inside = depth < MAX_ENCODINGS ? encodedParts(view.text, options, depth + 1) : NONE;
    found = merged(
      found,
      merged(inside, plainParts).map((part) => outside(part, view)),
    );
  }
  return found;
}

/** The part in the text that the view was made of. */
function outside(part: FoundPart, view: DecodedView): FoundPart {
  const { start, end, matchStart, matchEnd } = part;
  const span = {
    start: view.at(start),
    end: view.at(end),
    matchStart: view.at(matchStart),
    matchEnd: view.at(matchEnd),
  };
  return { ...part, ...span, at: part.at?.map((index) => view.at(index)) ?? view.span(start, end) };
}

function withTokens(scanned: ScannedText, found: readonly FoundPart[], index: TokenIndex): readonly FoundPart[] {
  if (index.isEmpty) return found;
  const { text } = scanned;
  const tokens: FoundPart[] = [];
  findTokens(scanned, index, (start, end) => {
    const bounds = { start, end, matchStart: start, matchEnd: end };
    tokens.push({ ...bounds, rule: KNOWN_RULE, isSecret: false, text: text.slice(start, end), at: undefined });
  });
  return merged(found, tokens);
}

/** Both in order of their place. Where two overlap, the one of the first list stays. */
function merged(first: readonly FoundPart[], second: readonly FoundPart[]): readonly FoundPart[] {
  if (second.length === 0) return first;
  const byPlace = (one: FoundPart, other: FoundPart) => one.start - other.start;
  const kept = [...first].sort(byPlace);
  const result: FoundPart[] = [];
  let at = 0;
  for (const part of [...second].sort(byPlace)) {
    while (at < kept.length && kept[at]!.end <= part.start) result.push(kept[at++]!);
    const isFree = (kept[at]?.start ?? Number.POSITIVE_INFINITY) >= part.end && (result.at(-1)?.end ?? 0) <= part.start;
    if (isFree) result.push(part);
  }
  return [...result, ...kept.slice(at)];
}

function plain(part: Part, text: string): FoundPart {
  return { ...part, text: text.slice(part.start, part.end), at: undefined };
}

/** @param outer the text whose escapes were replaced before the search */
function replacementOf(
  { text: _text, isSecret: _isSecret, isKnown: _isKnown, ...part }: FoundPart,
  pair: Pair,
  outer: DecodedView | undefined,
): Replacement {
  if (!outer) return { ...part, pair };
  const { start, end, matchStart, matchEnd } = part;
  const at = part.at?.map((index) => outer.at(index)) ?? outer.span(start, end);
  const span = {
    start: outer.at(start),
    end: outer.at(end),
    matchStart: outer.at(matchStart),
    matchEnd: outer.at(matchEnd),
  };
  return { ...part, ...span, pair, at };
}

/** The text with its replacements. */
export function replacedText(text: string, replacements: readonly Replacement[]): string {
  if (replacements.length === 0) return text;
  const characters = replacements.some(({ at }) => at) ? [...text] : undefined;
  if (!characters) return spliced(text, replacements);
  for (const { pair, start, at } of replacements) {
    [...pair.placeholder].forEach((character, index) => {
      writeCharacter(characters, at?.[index] ?? start + index, character);
    });
  }
  return characters.join('');
}

function spliced(text: string, replacements: readonly Replacement[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { pair, start, end } of replacements) {
    pieces.push(text.slice(from, start), pair.placeholder);
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/** An escaped character keeps its escape. */
function writeCharacter(characters: string[], at: number, character: string): void {
  if (characters[at] !== '\\' || characters[at + 1] !== 'u') {
    if (characters[at] !== '\\' && characters[at] !== '%') characters[at] = character;
    return;
  }
  const [high, low] = character.charCodeAt(0).toString(16).padStart(2, '0');
  characters[at + 4] = high!;
  characters[at + 5] = low!;
}
