/** Longer lists are for several requests. */
const MAX_VALUES = 20;
/** Matches a missing value. */
const NONE = 'none';

export type Matcher = (value: string | null | undefined) => boolean;

/**
 * The values of a filter: `alice,bob` matches either, `!ci` all others, `ali*` and `*park*` a part in any case, `none` a
 * missing value. Values after `!` exclude, whatever the others match.
 */
export function valuesMatcher(text: string): Matcher {
  const values = valuesOf(text);
  const wanted = values.filter((value) => !value.startsWith('!')).map(valueMatcher);
  const unwanted = values.filter((value) => value.startsWith('!')).map((value) => valueMatcher(value.slice(1)));
  return (value) => {
    if (unwanted.some((matches) => matches(value))) return false;
    return wanted.length === 0 || wanted.some((matches) => matches(value));
  };
}

/** The values without blanks, at most 20. */
export function valuesOf(text: string): string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '' && value !== '!')
    .slice(0, MAX_VALUES);
}

/** True if the list is longer than a filter reads. */
export function isTooLong(text: string): boolean {
  return text.split(',').length > MAX_VALUES;
}

function valueMatcher(wanted: string): Matcher {
  const text = wanted.normalize('NFC');
  if (!text.includes('*')) return (value) => value === text || (text === NONE && value == null);
  const parts = text.toLowerCase().split('*');
  return (value) => value != null && hasParts(value.toLowerCase(), parts);
}

/** In time that grows with the length of the text only, which a regular expression does not promise. */
function hasParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
}
