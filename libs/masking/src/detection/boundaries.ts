const HYPHEN = 0x2d;
const BACKSLASH = 0x5c;
/** The longest escape before a form: a color such as `\u001b[38;2;255;128;0m`. */
const MAX_ESCAPE_CHARACTERS = 28;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with a control character
const COLOR = /(?:\x1b|\\u001b|\\x1b|\\0?33|\\e|\u009b)?\[[0-9;]{0,16}m$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CONTROL = /(?:\x1b|\\u001b|\\x1b|\\0?33|\\e|\u009b)\[[0-9;?]{0,16}[A-Za-z]$/i;
const ESCAPES = new Set([...'nrtbfvea0'].map((letter) => letter.charCodeAt(0)));

const WORD = new Uint8Array(256);
/** 1 for the characters of a token. Read directly where every character of a text is looked at. */
export const TOKEN = new Uint8Array(256);
const HEX = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') HEX[character.charCodeAt(0)] = 1;
for (const character of '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
  WORD[character.charCodeAt(0)] = 1;
  TOKEN[character.charCodeAt(0)] = 1;
}
TOKEN['_'.charCodeAt(0)] = 1;
TOKEN[HYPHEN] = 1;

/** A letter or digit of ASCII. Bytes of other scripts are none, so a Korean particle ends a form. */
export function isWord(code: number): boolean {
  return WORD[code] === 1;
}

/** A character of a token: letter, digit, `_` or `-`. */
export function isToken(code: number): boolean {
  return TOKEN[code] === 1;
}

/** True if a form can begin here: not inside a word, unless the letter before belongs to an escape or a color. */
export function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  // The hyphen of a removed line, of a list or an option; not that of a longer name.
  if (before === HYPHEN) return at === 1 || !isWord(text.charCodeAt(at - 2)) || escapeEndsAt(text, at - 1);
  return !isWord(before) || escapeEndsAt(text, at);
}

/** True if a form can end here. */
export function isEnd(text: string, at: number): boolean {
  const next = text.charCodeAt(at);
  if (isWord(next)) return false;
  return next !== HYPHEN || !isWord(text.charCodeAt(at + 1));
}

/** True if the characters before are an escape: `\n`, `\u0022`, `\x1b`, `%2F`, or a color of a terminal. */
export function escapeEndsAt(text: string, at: number): boolean {
  const last = text.charCodeAt(at - 1);
  if (text.charCodeAt(at - 2) === BACKSLASH && ESCAPES.has(last)) return true;
  if (HEX[last] === 1 && HEX[text.charCodeAt(at - 2)] === 1) {
    if (text[at - 3] === '%') return true;
    if (text.charCodeAt(at - 4) === BACKSLASH && text[at - 3] === 'x') return true;
    const isUnicode = text.charCodeAt(at - 6) === BACKSLASH && text[at - 5] === 'u';
    if (isUnicode && HEX[text.charCodeAt(at - 3)] === 1 && HEX[text.charCodeAt(at - 4)] === 1) return true;
  }
  const before = text.slice(Math.max(0, at - MAX_ESCAPE_CHARACTERS), at);
  return before.includes('[') && (COLOR.test(before) || CONTROL.test(before));
}

/** Where a run of characters begins in earnest: after the letter of an escape that it seems to begin with. */
export function startOfRun(text: string, runStart: number, runEnd: number): number {
  const before = text.charCodeAt(runStart - 1);
  if (before === BACKSLASH) return afterBackslash(text, runStart, runEnd);
  if (text[runStart - 1] === '%' && runEnd - runStart > 2 && isHex(text, runStart, 2)) return runStart + 2;
  if (text[runStart - 1] !== '[' && text[runStart - 1] !== ';') return runStart;
  const color = /^[\d;?]{0,12}[A-Za-z]/.exec(text.slice(runStart, runStart + 14))?.[0].length ?? 0;
  return color > 0 && escapeEndsAt(text, runStart + color) ? runStart + color : runStart;
}

function afterBackslash(text: string, start: number, end: number): number {
  if (text[start] === 'u' && end - start > 4 && isHex(text, start + 1, 4)) return start + 5;
  if (text[start] === 'x' && end - start > 2 && isHex(text, start + 1, 2)) return start + 3;
  return ESCAPES.has(text.charCodeAt(start)) ? start + 1 : start;
}

function isHex(text: string, at: number, count: number): boolean {
  for (let index = at; index < at + count; index += 1) if (HEX[text.charCodeAt(index)] !== 1) return false;
  return true;
}
