import { SECTIONS } from '../../apps/proxy/src/sections.js';

/** Every variable that the gateway reads, by name. */
export const SETTINGS: ReadonlyMap<string, { readonly isSecret: boolean; readonly defaultText: string | undefined }> =
  new Map(
    SECTIONS.flatMap((section) => Object.values(section.settings)).map(({ variable, kind, defaultText }) => [
      variable,
      { isSecret: kind.isSecret ?? false, defaultText },
    ]),
  );

export const DEFAULT_DRAIN_SECONDS = Number(SETTINGS.get('DRAIN_TIMEOUT_SECONDS')!.defaultText);
