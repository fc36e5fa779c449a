import type { Section } from './section.js';

const SOUNDS_SECRET = /KEY|TOKEN|SECRET|PASS|CREDENTIAL/;

/** The variables whose values are secret, and those that are open although their names sound secret. */
export function secretSettingNames(sections: readonly Section[]): {
  readonly secret: readonly string[];
  readonly open: readonly string[];
} {
  const settings = sections.flatMap((section) => Object.values(section.settings));
  const secret = settings.filter(({ kind }) => kind.isSecret);
  const open = settings.filter(({ kind, variable }) => !kind.isSecret && SOUNDS_SECRET.test(variable));
  const namesOf = (found: typeof settings) => found.map(({ variable }) => variable).sort();
  return { secret: namesOf(secret), open: namesOf(open) };
}
