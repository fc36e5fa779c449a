import { escapeEndsAt, isWord } from './boundaries.js';
import { isCapital, isCapitalOrDigit, isIn } from './characters.js';
import { findSecretAfterKey } from './find-labeled-values.js';
import type { FormTrial } from './form-trial.js';

const CAPITAL_A = 0x41;
const CAPITAL_K = 0x4b;
const ACCESS_KEY = /^(?:AKIA|ASIA|ABIA|ACCA)/;

/** Forms that begin with a capital. Each returns where to go on. */
export function findKey(trial: FormTrial, at: number): number {
  const { text } = trial;
  // Every key and unique id of IAM has an A at its fourth place; keys of Bedrock have a K.
  const fourth = text.charCodeAt(at + 3);
  const mayBegin = isCapital(text.charCodeAt(at + 1)) && (fourth === CAPITAL_A || fourth === CAPITAL_K);
  if (!mayBegin || !isFree(text, at)) return at + 1;
  const end = trial.try('credential', at);
  // The placeholder of an access key is one, too. After another form the search in an answer would find other parts.
  if (end !== undefined && ACCESS_KEY.test(text.slice(at, end))) findSecretAfterKey(trial, end);
  return end ?? at + 1;
}

export function findSessionToken(trial: FormTrial, at: number): number {
  const { text } = trial;
  const mayBegin = text.startsWith('Qo', at + 1) || text.startsWith('wo', at + 1);
  return (mayBegin && isFree(text, at) ? trial.try('credential', at) : undefined) ?? at + 1;
}

export function findZone(trial: FormTrial, at: number): number {
  return (mayBeId(trial.text, at) ? trial.try('zone', at) : undefined) ?? at + 1;
}

export function findDistribution(trial: FormTrial, at: number): number {
  return (mayBeId(trial.text, at) ? trial.try('distribution', at) : undefined) ?? at + 1;
}

function mayBeId(text: string, at: number): boolean {
  return [1, 2, 3].every((offset) => isCapitalOrDigit(text.charCodeAt(at + offset))) && isFree(text, at);
}

/** True if nothing before belongs to the same word; a sign would make it the middle of base64. */
function isFree(text: string, at: number): boolean {
  const isBehindSign = isIn('+-', text[at - 1]) && at > 1;
  if (isBehindSign && isWord(text.charCodeAt(at - 2)) && !escapeEndsAt(text, at - 1)) return false;
  return !isWord(text.charCodeAt(at - 1)) || escapeEndsAt(text, at);
}
