import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { createFormat, type Format } from '../format/create-format.js';
import { en, type Texts } from './en.js';
import { ko } from './ko.js';

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;
export const ZONES: readonly ZoneChoice[] = [
  'browser',
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC'),
];
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** `browser`, or a zone of the IANA database. */
export type ZoneChoice = string;

export interface Settings {
  readonly language: Language;
  readonly theme: Theme;
  readonly zone: ZoneChoice;
  /** The zone in force, for questions about days. */
  readonly timeZone: string;
  /** What is on the screen, also where the theme is `auto`. */
  readonly isDark: boolean;
  readonly texts: Texts;
  readonly format: Format;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
  setZone(zone: ZoneChoice): void;
}

export const SettingsContext = createContext<Settings | undefined>(undefined);

export function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (!settings) throw new Error('outside of SettingsContext');
  return settings;
}

export function useOwnSettings(): Settings {
  const [language, setLanguage] = useRemembered('language', Object.keys(LANGUAGES) as Language[], languageOfBrowser());
  const [theme, setTheme] = useRemembered('theme', THEMES, 'auto');
  const [zone, setZone] = useRemembered('zone', ZONES, 'browser');
  const isDarkSystem = useDarkSystem();
  const isDark = theme === 'dark' || (theme === 'auto' && isDarkSystem);

  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [language, isDark]);

  return useMemo(
    () => ({
      language,
      theme,
      isDark,
      zone,
      timeZone: zone === 'browser' ? zoneOfBrowser() : zone,
      texts: language === 'ko' ? ko : en,
      format: createFormat(language === 'ko' ? 'ko' : localeOfEnglish(), zone === 'browser' ? undefined : zone),
      setLanguage,
      setTheme,
      setZone,
    }),
    [language, theme, zone, isDark],
  );
}

function zoneOfBrowser(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function languageOfBrowser(): Language {
  return /^ko\b/i.test(navigator.language) ? 'ko' : 'en';
}

/** Numbers and times in the viewer's own kind of English. */
function localeOfEnglish(): string {
  return /^en\b/i.test(navigator.language) ? navigator.language : 'en';
}

/** Storage may be forbidden; then the choice holds until the page is closed. */
function useRemembered<T extends string>(key: string, allowed: readonly T[], initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const stored = readStored(key);
    return allowed.find((each) => each === stored) ?? initial;
  });
  const remember = (next: T): void => {
    setValue(next);
    try {
      localStorage.setItem(`claude-proxy.${key}`, next);
    } catch {
      // Nothing to do: see above.
    }
  };
  return [value, remember];
}

function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`claude-proxy.${key}`);
  } catch {
    return null;
  }
}

function useDarkSystem(): boolean {
  const query = useMemo(() => window.matchMedia('(prefers-color-scheme: dark)'), []);
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const onChange = () => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, [query]);
  return isDark;
}
