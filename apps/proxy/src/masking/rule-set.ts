import { hash } from 'node:crypto';
import { FORMS, findOwnWith, type KnownValues, type MaskOptions, type OwnRule } from '@claude-proxy/masking';

const VERSION_DIGITS = 12;
/** Of the forms of this release. Another release cannot mask as this one does. */
const ENGINE = hash('sha256', JSON.stringify(FORMS)).slice(0, VERSION_DIGITS);

/** What decides how a text is masked, beside the secret. */
export interface RuleSource {
  readonly hasAddresses: boolean;
  readonly rules: readonly OwnRule[];
  readonly known: KnownValues;
}

export interface RuleSet {
  readonly version: string;
  readonly source: RuleSource;
  readonly options: MaskOptions;
}

export function ruleSetOf(source: RuleSource): RuleSet {
  const { hasAddresses, rules, known } = source;
  const ownRules = findOwnWith(rules, known);
  const version = `${ENGINE}-${hash('sha256', JSON.stringify([hasAddresses, rules, known])).slice(0, VERSION_DIGITS)}`;
  return { version, source, options: { hasAddresses, ...(ownRules && { ownRules }) } };
}

/** True if this release can mask by the rules of that version. */
export function isOfThisEngine(version: string): boolean {
  return version.startsWith(`${ENGINE}-`);
}
