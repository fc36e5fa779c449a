import type { EffectiveSection, EffectiveSetting } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { Empty } from '../parts/load-state.js';
import { TableHead } from '../parts/table-head.js';
import { type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';

interface SettingTableProps {
  readonly sections: readonly EffectiveSection[];
  readonly route: Route;
}

/** All settings by section, searched by name, value and what they do. */
export function SettingTable({ sections, route }: SettingTableProps) {
  const { texts } = useSettings();
  const words = texts.setup;
  const [search, setSearch] = useState(route.query.get('find') ?? '');
  const onlySet = route.query.get('set') === 'true';
  const show = (find: string, isOnlySet: boolean) =>
    replaceQuery(route, { ...(find && { find }), ...(isOnlySet && { set: 'true' }) });
  const needle = search.trim().toLowerCase();
  const isWanted = (setting: EffectiveSetting) =>
    (!onlySet || setting.source !== 'default') &&
    [setting.variable, setting.value ?? '', setting.description].some((text) => text.toLowerCase().includes(needle));
  const found = sections
    .map((section) => ({ ...section, settings: section.settings.filter(isWanted) }))
    .filter(({ settings }) => settings.length > 0);
  return (
    <>
      <h2 class="group">{words.settings}</h2>
      <div class="bar no-print">
        <label class="search">
          <span class="unseen">{words.find}</span>
          <input
            type="search"
            value={search}
            placeholder={words.find}
            onInput={({ currentTarget }) => {
              setSearch(currentTarget.value);
              show(currentTarget.value, onlySet);
            }}
          />
        </label>
        <button type="button" class="button is-toggle" aria-pressed={onlySet} onClick={() => show(search, !onlySet)}>
          {words.onlySet}
        </button>
      </div>
      {found.length === 0 && <Empty title={words.noSetting} />}
      {found.map((section) => (
        <section class="panel is-table" key={section.name} aria-label={section.name}>
          <h3>{section.name}</h3>
          <p class="table-lead">
            <Marked text={section.description} />
          </p>
          <Rows settings={section.settings} />
        </section>
      ))}
    </>
  );
}

function Rows({ settings }: { readonly settings: readonly EffectiveSetting[] }) {
  const { texts } = useSettings();
  const words = texts.setup;
  return (
    <table class="rows is-settings">
      <TableHead columns={[[words.variable], [words.value], [words.source], [words.description, 'middle-cell']]} />
      <tbody>
        {settings.map((setting) => (
          <tr key={setting.variable}>
            <th scope="row">
              <code>{setting.variable}</code>
            </th>
            <td class="wraps">{setting.value === null ? words.unset : <code>{setting.value}</code>}</td>
            <td>
              <span class={setting.source === 'default' ? 'muted' : 'tag'}>{words.sources[setting.source]}</span>
            </td>
            <td class="wraps middle-cell">
              <Marked text={setting.description} />{' '}
              <span class="muted">
                <Marked text={words.allowed(setting.allowed)} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A text of `docs/configuration.md`: code between backticks, and links whose files are not part of this page. */
function Marked({ text }: { readonly text: string }) {
  const parts = text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').split('`');
  return <>{parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
