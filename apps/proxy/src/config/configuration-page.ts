import type { Section, Setting } from './section.js';

/** The text of `docs/configuration.md`. */
export function configurationPage(sections: readonly Section[]): string {
  const parts = sections.map(
    (section) => `## ${section.name}\n\n${section.description}\n\n${tableOf(Object.values(section.settings))}`,
  );
  return `# Configuration

Everything is set by environment variables, or by a \`.env\` file in the working directory; the environment wins.
An empty variable counts as unset. Nothing has to be set. The start warns of a name that is probably mistyped.
This page is generated from the code by \`npm run docs:configuration\`.

${parts.join('\n\n')}
`;
}

function tableOf(settings: readonly Setting<unknown>[]): string {
  const rows = settings.map(
    (setting) =>
      `| \`${setting.variable}\` | ${shownDefault(setting)} | ${cell(setting.kind.allowed)} | ${cell(setting.description)} |`,
  );
  return ['| variable | default | allowed | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function shownDefault(setting: Setting<unknown>): string {
  return setting.defaultText === undefined ? 'unset' : `\`${setting.defaultText}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
