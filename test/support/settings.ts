import { ROOMS } from '../../apps/proxy/src/app.module.js';
import { sectionsIn } from '../../apps/proxy/src/config/declarations.js';

/** Every variable that the gateway reads, by name. */
export const SETTINGS: ReadonlyMap<string, { readonly isSecret: boolean; readonly defaultText: string | undefined }> =
  new Map(
    sectionsIn(ROOMS)
      .flatMap((section) => Object.values(section.settings))
      .map(({ variable, kind, defaultText }) => [variable, { isSecret: kind.isSecret ?? false, defaultText }]),
  );

export const DEFAULT_DRAIN_SECONDS = Number(SETTINGS.get('DRAIN_TIMEOUT_SECONDS')!.defaultText);
