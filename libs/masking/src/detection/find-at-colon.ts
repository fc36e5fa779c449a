import { arnAt } from './arn.js';
import { isStart } from './boundaries.js';
import type { FormTrial } from './form-trial.js';

/** ARNs, and names behind `s3://`. Returns where to go on. */
export function findAtColon(trial: FormTrial, at: number): number {
  const { text } = trial;
  if (text.startsWith('arn', at - 3) && isStart(text, at - 3)) return findArn(trial, at - 3) ?? at + 1;
  const scheme = text.startsWith('//', at + 1) ? /s3[an]?$/i.exec(trial.before(at, 3)) : null;
  if (scheme && isStart(text, at - scheme[0].length)) trial.try('scheme', at + 3);
  return at + 1;
}

function findArn({ text, parts }: FormTrial, start: number): number | undefined {
  const arn = arnAt(text, start);
  if (!arn) return undefined;
  const match = { rule: arn.name, matchStart: start, matchEnd: arn.end };
  if (arn.account) parts.add(match, arn.account[0], arn.account[1]);
  parts.addNames(match, arn.names[0], arn.names[1], arn.account !== undefined);
  return arn.end;
}
