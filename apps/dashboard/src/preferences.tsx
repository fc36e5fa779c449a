import { LANGUAGES, type Language, THEMES, type Theme, useSettings, ZONES } from './texts/settings.js';

/** Language, colors, and whose hours and days are shown. */
export function Preferences() {
  const { texts, language, theme, zone, setLanguage, setTheme, setZone } = useSettings();
  return (
    <div class="preferences">
      <label>
        <span class="unseen">{texts.settings.language}</span>
        <select value={language} onChange={({ currentTarget }) => setLanguage(currentTarget.value as Language)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{texts.settings.theme}</span>
        <select value={theme} onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}>
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {texts.settings.themes[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{texts.settings.zone}</span>
        <select value={zone} onChange={({ currentTarget }) => setZone(currentTarget.value)}>
          {ZONES.map((name) => (
            <option key={name} value={name}>
              {name === 'browser' ? texts.settings.zoneOfBrowser : name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
