import { REGION } from '../forms/form.js';
import { isStart } from './boundaries.js';
import { isDigit } from './characters.js';
import type { FormTrial } from './form-trial.js';

const MAX_REGION_CHARACTERS = 40;
const REGION_AT_END = new RegExp(`${REGION}$`);

/** A user pool of Cognito: a Region, `_`, and an id. @param at the `_` */
export function findUserPool(trial: FormTrial, at: number): void {
  if (!isDigit(trial.text.charCodeAt(at - 1))) return;
  const region = REGION_AT_END.exec(trial.before(at, MAX_REGION_CHARACTERS));
  if (!region) return;
  const start = at - region[0].length;
  if (isStart(trial.text, start)) trial.try('pool', start);
}
