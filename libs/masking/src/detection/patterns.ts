import { ARNS } from '../forms/arns.js';
import type { Anchor, IdForm, PatternForm } from '../forms/form.js';
import { ID_FORMS, PATTERN_FORMS } from '../forms/forms.js';

/** A form, ready to be tried at a position. */
export interface Pattern {
  readonly name: string;
  /** Sticky, with the positions of its groups. */
  readonly expression: RegExp;
  readonly before: RegExp | undefined;
  readonly needs: readonly string[] | undefined;
}

export interface IdPattern {
  readonly name: string;
  readonly prefix: string;
  readonly body: RegExp;
  readonly before: RegExp | undefined;
}

export const PATTERNS: ReadonlyMap<Anchor, readonly Pattern[]> = new Map(
  [...Map.groupBy(PATTERN_FORMS, ({ anchor }) => anchor)].map(([anchor, forms]) => [anchor, forms.map(patternOf)]),
);

/** By the last part of the prefix, which stands before the hyphen that the scan stops at; longer prefixes first. */
export const ID_PATTERNS: ReadonlyMap<string, readonly IdPattern[]> = Map.groupBy(
  ID_FORMS.flatMap(idPatternsOf).sort((one, other) => other.prefix.length - one.prefix.length),
  ({ prefix }) => prefix.slice(prefix.lastIndexOf('-') + 1),
);

export const ARN_RULES = ARNS.map(({ name, services, withoutAccount }) => ({
  name,
  services: new Set(services),
  withoutAccount: withoutAccount === undefined ? undefined : new RegExp(withoutAccount),
}));

function patternOf({ name, pattern, before, needs }: PatternForm): Pattern {
  const expression = new RegExp(pattern, 'dy');
  return { name, expression, before: before === undefined ? undefined : new RegExp(`(?:${before})$`, 'i'), needs };
}

function idPatternsOf({ name, prefixes, body, context }: IdForm): IdPattern[] {
  const before = context === undefined ? undefined : new RegExp(context, 'i');
  return prefixes.map((prefix) => ({ name, prefix, body: new RegExp(body, 'y'), before }));
}
