import type { EffectiveSection, EffectiveSetting } from '@claude-proxy/admin-api';
import { isFromFile } from './environment.js';
import { type Environment, withoutUser } from './read-config.js';
import type { Section, Setting } from './section.js';

/** All settings in force, by section, each with its source. Secrets have no value: only whether they are set. */
export function effectiveSections(environment: Environment, sections: readonly Section[]): EffectiveSection[] {
  return sections.map(({ name, description, settings }) => ({
    name,
    description,
    settings: Object.values(settings).map((setting) => effectiveSettingOf(setting, environment)),
  }));
}

/** What is in force, by variable: secrets as `[set]` or `[not set]`, everything else as text. */
export function effectiveSettings(sections: readonly EffectiveSection[]): Record<string, string> {
  const settings = sections.flatMap((section) => section.settings);
  return Object.fromEntries(settings.map(({ variable, value }) => [variable, value ?? '[not set]']));
}

function effectiveSettingOf(setting: Setting<unknown>, environment: Environment): EffectiveSetting {
  const { variable, kind, defaultText, description } = setting;
  const given = environment[variable]?.trim() || undefined;
  const isSecret = kind.isSecret ?? false;
  const shown = given === undefined ? defaultText : withoutUser(given);
  const value = isSecret ? given && '[set]' : shown;
  return {
    variable,
    description,
    allowed: kind.allowed,
    default: isSecret ? null : (defaultText ?? null),
    value: value ?? null,
    source: given === undefined ? 'default' : isFromFile(variable, given) ? 'file' : 'environment',
    is_secret: isSecret,
  };
}
