import type { Environment } from './read-config.js';
import type { Section } from './section.js';

/** What is in force, by variable: secrets as `[set]` or `[not set]`, everything else as text. */
export function effectiveSettings(environment: Environment, sections: readonly Section[]): Record<string, string> {
  const settings = sections.flatMap((section) => Object.values(section.settings));
  return Object.fromEntries(
    settings.map(({ variable, kind, defaultText }) => {
      const given = environment[variable]?.trim();
      if (kind.isSecret) return [variable, given ? '[set]' : '[not set]'];
      return [variable, given || (defaultText ?? '[not set]')];
    }),
  );
}
