import { escapeEndsAt, isStart, isWord } from './boundaries.js';
import { isDigit, isIn } from './characters.js';
import type { FormTrial } from './form-trial.js';

const ACCOUNT_DIGITS = 12;
/** Numbers of accounts and IP addresses at the first digit of a number. Returns where to go on. */
export function findAtDigit(trial: FormTrial, first: number, hasAddresses: boolean): number {
  const { text } = trial;
  let end = first + 1;
  while (isDigit(text.charCodeAt(end))) end += 1;
  const at = afterEscape(text, first, end);
  const isInside = isWord(text.charCodeAt(at - 1)) && !escapeEndsAt(text, at);
  if (isInside) return end;
  if (hasAddresses && (isIn('.:', text[end]) || text[at] === '2')) {
    const addressEnd = findAddress(trial, at);
    if (addressEnd !== undefined) return addressEnd;
  }
  const isAccount = end - at === ACCOUNT_DIGITS || (end - at === 4 && text[end] === '-' && text[end + 5] === '-');
  return (isAccount ? trial.try('digits', at) : undefined) ?? end;
}

/** Behind the digits of an escape, such as `\u0022`, `\x22` and `%22`, that a number follows. */
function afterEscape(text: string, first: number, end: number): number {
  const before = text[first - 1];
  if (before !== 'u' && before !== 'x' && before !== '%') return first;
  const next = first + (before === 'u' ? 4 : 2);
  return next < end && escapeEndsAt(text, next) ? next : first;
}

/** An IP address. Returns its end. */
export function findAddress(trial: FormTrial, at: number): number | undefined {
  const { text } = trial;
  const before = text[at - 1];
  if (before === '.' && !text.startsWith('...', at - 3)) return undefined;
  if (before === '-' && !isStart(text, at)) return undefined;
  // Behind a colon, as in `file:12:10.0.0.1`, it can only be an address with dots.
  const hasDots = /^\d{1,3}\./.test(text.slice(at, at + 4));
  return before === ':' && !hasDots ? undefined : trial.try('address', at);
}
