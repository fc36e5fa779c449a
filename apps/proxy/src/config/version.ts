import { readFileSync } from 'node:fs';

const PLACES = ['../../../../package.json', '../../../../../package.json'];

/** The version of the package: its file is above `apps`, or above `dist` where the sources are compiled. */
export const VERSION = PLACES.map(versionIn).find((version) => version !== undefined) ?? '0.0.0';

function versionIn(place: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { version?: string }).version;
  } catch {
    return undefined;
  }
}
