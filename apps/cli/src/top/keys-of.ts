const ESCAPE = '\x1b';
const NAMED: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\r': 'enter',
  '\n': 'enter',
  '\x1b': 'escape',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x1a': 'ctrl-z',
};
/** One key: an escape sequence, an escape alone, or a character. */
const KEY = new RegExp(`${ESCAPE}\\[[\\d;]*[A-Za-z~]|${ESCAPE}O[A-Z]|[\\s\\S]`, 'gu');

/** Keys in what a terminal sends at once. */
export function keysOf(text: string): string[] {
  return (text.match(KEY) ?? []).map((key) => NAMED[key] ?? key);
}
