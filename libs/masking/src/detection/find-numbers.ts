import { escapeEndsAt, isWord } from './boundaries.js';
import { isDigit, isIn } from './characters.js';
import type { FormTrial } from './form-trial.js';

const ACCOUNT_DIGITS = 12;

/** Numbers of accounts and IP addresses at the first digit of a number. Returns where to go on. */
export function findAtDigit(trial: FormTrial, at: number, hasAddresses: boolean): number {
  const { text } = trial;
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end += 1;
  const isInside = isWord(text.charCodeAt(at - 1)) && !escapeEndsAt(text, at);
  if (isInside) return end;
  if (hasAddresses && (isIn('.:', text[end]) || text[at] === '2')) {
    const addressEnd = findAddress(trial, at);
    if (addressEnd !== undefined) return addressEnd;
  }
  const isAccount = end - at === ACCOUNT_DIGITS || (end - at === 4 && text[end] === '-' && text[end + 5] === '-');
  return (isAccount ? trial.try('digits', at) : undefined) ?? end;
}

/** An IP address. Returns its end. */
export function findAddress(trial: FormTrial, at: number): number | undefined {
  const { text } = trial;
  const before = text[at - 1];
  if (isIn('.-', before) && !text.startsWith('...', at - 3)) return undefined;
  // Behind a colon, as in `file:12:10.0.0.1`, it can only be an address with dots.
  const hasDots = /^\d{1,3}\./.test(text.slice(at, at + 4));
  return before === ':' && !hasDots ? undefined : trial.try('address', at);
}
