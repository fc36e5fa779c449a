import { isEnd, isStart, isWord } from './boundaries.js';
import { isIn, isLowerOrDigit } from './characters.js';
import { CONTEXT_CHARACTERS, type FormTrial } from './form-trial.js';
import { ID_PATTERNS, type IdPattern } from './patterns.js';

const MAX_PREFIX_CHARACTERS = 16;
const MIN_BODY_CHARACTERS = 8;

/** Around a hyphen: ids such as `vpc-…`, UUIDs, and the parameters of signed URLs. Returns where to go on. */
export function findAtHyphen(trial: FormTrial, at: number): number {
  const { text } = trial;
  if (!isWord(text.charCodeAt(at + 1)) || !isWord(text.charCodeAt(at - 1))) return at + 1;
  if (text.startsWith('-Amz-', at) && isIn('xX', text[at - 1])) return trial.try('signed-url', at - 1) ?? at + 1;
  if (text.startsWith('bedrock-api-key-', at - 15)) return trial.try('credential', at - 15) ?? at + 1;
  const isUuid = text[at + 5] === '-' && text[at + 10] === '-' && text[at + 15] === '-';
  const start = isUuid ? at - 8 : at - 3;
  const end = isUuid || text.startsWith('mrk-', start) ? trial.try('uuid', start) : undefined;
  return end ?? findId(trial, at) ?? at + 1;
}

/** @param at the hyphen behind the last part of the prefix */
function findId(trial: FormTrial, at: number): number | undefined {
  const { text } = trial;
  if (!mayHaveBody(text, at)) return undefined;
  let start = at;
  while (start > 0 && at - start < MAX_PREFIX_CHARACTERS && isLowerOrDigit(text.charCodeAt(start - 1))) start -= 1;
  for (let from = start; from < at; from += 1) {
    const pattern = ID_PATTERNS.get(text.slice(from, at))?.find((one) => isId(trial, one, at));
    if (!pattern) continue;
    const idStart = at - pattern.prefix.length;
    const end = pattern.body.lastIndex;
    trial.parts.add({ rule: pattern.name, matchStart: idStart, matchEnd: end }, idStart, end);
    return end;
  }
  return undefined;
}

/** The shortest body has 8 characters; in the id of an organizational unit a second hyphen may follow earlier. */
function mayHaveBody(text: string, at: number): boolean {
  let count = 1;
  while (count < MIN_BODY_CHARACTERS && isWord(text.charCodeAt(at + 1 + count))) count += 1;
  return count === MIN_BODY_CHARACTERS || text.startsWith('ou-', at - 2);
}

function isId(trial: FormTrial, { prefix, body, before }: IdPattern, at: number): boolean {
  const { text } = trial;
  const start = at - prefix.length;
  if (start < 0 || !text.startsWith(prefix, start) || !isStart(text, start)) return false;
  body.lastIndex = at + 1;
  if (!body.test(text) || !isEnd(text, body.lastIndex)) return false;
  return !before || before.test(trial.before(start, CONTEXT_CHARACTERS) + prefix);
}
