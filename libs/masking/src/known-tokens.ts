import { isToken, isWord, startOfRun, TOKEN } from './detection/boundaries.js';
import type { ScannedText } from './detection/scanned-text.js';
import type { TokenIndex } from './mask-map.js';

const UNDERSCORE = 0x5f;
const HYPHEN = 0x2d;
/** Parts of a secret that has other characters than a token. */
const BASE64 = /[A-Za-z0-9+/=]/;

/** Calls back for each token of the index in the text, whatever stands around it. */
export function findTokens(
  { text, bytes, start: offset, end: last }: ScannedText,
  index: TokenIndex,
  onFound: (start: number, end: number) => void,
): void {
  if (index.isEmpty) return;
  const { shortest } = index;
  let start = offset;
  while (start + shortest <= last) {
    // From the end of the shortest token backward: what is not of a token rules out all characters before it.
    let at = start + shortest - 1;
    while (at >= start && TOKEN[bytes[at]!] === 1) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    let end = start + shortest;
    while (end < last && TOKEN[bytes[end]!] === 1) end += 1;
    const found = tokenIn(text, start - offset, end - offset, index);
    if (found !== undefined) onFound(found[0], found[1]);
    start = end + 1;
  }
  for (const literal of index.literals) findLiteral(text, literal, onFound);
}

/** True if a token of the index is in the text, which is short: its bytes are not worth a copy. */
export function hasToken(text: string, index: TokenIndex): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const start = at;
    while (at < text.length && isToken(text.charCodeAt(at))) at += 1;
    if (at - start >= index.shortest && tokenIn(text, start, at, index)) return true;
  }
  return index.literals.some((literal) => text.includes(literal));
}

/** The token within a run of its characters: without emphasis around it, and without an escape before it. */
function tokenIn(text: string, start: number, end: number, index: TokenIndex): readonly [number, number] | undefined {
  if (index.has(text, start, end)) return [start, end];
  let from = startOfRun(text, start, end);
  let to = end;
  if (from === start && isWord(text.charCodeAt(start)) && isWord(text.charCodeAt(end - 1))) return undefined;
  if (index.has(text, from, to)) return [from, to];
  while (from < to && isMark(text.charCodeAt(from))) from += 1;
  while (to > from && isMark(text.charCodeAt(to - 1))) to -= 1;
  return index.has(text, from, to) ? [from, to] : undefined;
}

function findLiteral(text: string, literal: string, onFound: (start: number, end: number) => void): void {
  for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, at + literal.length)) {
    const end = at + literal.length;
    const isWhole = !BASE64.test(text[at - 1] ?? ' ') && !BASE64.test(text[end] ?? ' ');
    // An equals sign before is that of an assignment.
    if (isWhole || (text[at - 1] === '=' && !BASE64.test(text[end] ?? ' '))) onFound(at, end);
  }
}

function isMark(code: number): boolean {
  return code === UNDERSCORE || code === HYPHEN;
}
