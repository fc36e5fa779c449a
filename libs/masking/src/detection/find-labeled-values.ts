import { isIn } from './characters.js';
import { CONTEXT_CHARACTERS, type FormTrial } from './form-trial.js';
import { PATTERNS } from './patterns.js';

/** Behind the `c` of `secret`, as in `secret_access_key = …` and `SecretId: "…"`. Returns where to go on. */
export function findSecret(trial: FormTrial, at: number): number {
  const { text } = trial;
  // A lower-case r or a capital one.
  if ((text.charCodeAt(at + 1) | 0x20) !== 0x72 || !isIn('eE', text[at - 1])) return at + 1;
  if (!/^cret/i.test(text.slice(at, at + 4))) return at + 1;
  const start = at - 2;
  const named = trial.try('secret-name', text.startsWith('--', start - 2) ? start - 2 : start);
  if (named !== undefined) return named;
  const value =
    /^.{4}[A-Za-z_-]{0,20}\\*["'`*]{0,3}\s{0,4}(?:[:=]{1,2}>?|[|,]|\s|\\[nrt]){0,3}\s{0,4}\\*["'`*]{0,3}/s.exec(
      text.slice(at, at + CONTEXT_CHARACTERS),
    );
  return (value && trial.try('secret', at + value[0].length)) ?? at + 4;
}

/** In a file of credentials the secret follows its key. @param at the end of the key */
export function findSecretAfterKey({ text, parts }: FormTrial, at: number): void {
  const separator = /^["'\s,:|\\]{1,4}/.exec(text.slice(at, at + 4));
  if (!separator) return;
  for (const { name, expression } of PATTERNS.get('secret')!) {
    expression.lastIndex = at + separator[0].length;
    const match = expression.exec(text);
    if (match) parts.addGroups(name, match);
  }
}

/** Behind the `k` of `bucket`, as in `Bucket: "…"`, `--bucket …` and `S3_BUCKET=…`. Returns where to go on. */
export function findBucket(trial: FormTrial, at: number): number {
  const { text } = trial;
  if (!isIn('eE', text[at + 1]) || !isIn('tT', text[at + 2]) || !isIn('uU', text[at - 2])) return at + 1;
  const rest = text.slice(at + 3, at + 3 + CONTEXT_CHARACTERS);
  const quoted = /^(?:[_-]?[Nn][Aa][Mm][Ee])?\\*["'`]?\s{0,3}[:= ]\s{0,3}\\*(?=["'`])/.exec(rest);
  if (quoted) return trial.try('bucket', at + 3 + quoted[0].length) ?? at + 3;
  const option = text.startsWith('--b', at - 5) ? /^(?:-name)?[= ](?=[a-z0-9])/.exec(rest) : undefined;
  if (option) trial.try('scheme', at + 3 + option[0].length, 'S3_BUCKET_CONTEXT');
  return at + 3;
}
