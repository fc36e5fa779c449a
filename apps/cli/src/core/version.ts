import { readFileSync } from 'node:fs';

/** From the package: this file is in `dist/apps/cli/src/core`, and in `apps/cli/src/core` where tests run the sources. */
export const VERSION = packageVersion();

function packageVersion(): string {
  for (const up of ['../../../../package.json', '../../../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'claude-code-proxy' && version) return version;
    } catch {
      // The other place.
    }
  }
  return '0.0.0';
}
