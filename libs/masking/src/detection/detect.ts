import { isStart } from './boundaries.js';
import { findDistribution, findKey, findSessionToken, findZone } from './find-at-capital.js';
import { findAtColon } from './find-at-colon.js';
import { findAtHyphen } from './find-ids.js';
import { findBucket, findSecret } from './find-labeled-values.js';
import { findAddress, findAtDigit } from './find-numbers.js';
import { findUserPool } from './find-user-pool.js';
import { FormTrial } from './form-trial.js';
import { HostSearch } from './host-search.js';
import type { Part } from './part-list.js';
import { ScannedText } from './scanned-text.js';
import { TRIGGERS, Trigger } from './triggers.js';

export interface DetectOptions {
  readonly hasAddresses: boolean;
}

/**
 * Finds the forms in a text, in one pass over its characters. At a character that a form cannot do without, the
 * expressions of that form are tried around it.
 *
 * @param before what precedes the text, such as the key of a JSON member; it is context only
 */
export function detect(text: ScannedText, { hasAddresses }: DetectOptions, before = ''): Part[] {
  const { text: all, bytes, start, end } = before === '' ? text : ScannedText.of(before + text.text);
  let trial: FormTrial | undefined;
  let hosts: HostSearch | undefined;
  // No form ends with its trigger, so the last character needs no look.
  const last = end - 1;
  let at = start;
  while (at < last) {
    const trigger = TRIGGERS[(bytes[at]! << 8) | bytes[at + 1]!]!;
    if (trigger === Trigger.None) {
      at += 1;
      continue;
    }
    trial ??= new FormTrial(all);
    hosts ??= new HostSearch(trial);
    at = start + findAt(trigger, at - start, trial, hosts, hasAddresses);
  }
  return trial?.parts.sorted(before.length) ?? [];
}

/** Returns where to go on. */
function findAt(trigger: Trigger, at: number, trial: FormTrial, hosts: HostSearch, hasAddresses: boolean): number {
  const { text } = trial;
  switch (trigger) {
    case Trigger.Hyphen:
      return findAtHyphen(trial, at);
    case Trigger.Colon:
      return findAtColon(trial, at);
    case Trigger.Digit:
      return findAtDigit(trial, at, hasAddresses);
    case Trigger.Secret:
      return findSecret(trial, at);
    case Trigger.Bucket:
      return findBucket(trial, at);
    case Trigger.Key:
      return findKey(trial, at);
    case Trigger.SessionToken:
      return findSessionToken(trial, at);
    case Trigger.Zone:
      return findZone(trial, at);
    case Trigger.Distribution:
      return findDistribution(trial, at);
    case Trigger.Dot:
      hosts.findAtDot(at);
      break;
    case Trigger.Underscore:
      findUserPool(trial, at);
      break;
    case Trigger.Slash:
      if (text.startsWith('aws/', at + 1) && isStart(text, at)) trial.try('log-group', at);
      break;
    default:
      if (hasAddresses && text.startsWith('d00:', at + 1)) findAddress(trial, at);
  }
  return at + 1;
}
