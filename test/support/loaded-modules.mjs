import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Imported before a gateway: names the modules of OpenTelemetry's SDK that it loads, on standard error. Its API is not one of
 * them: prom-client loads it.
 */
registerHooks({
  load(url, context, next) {
    const found = sourcesOf(url).find((source) => /@opentelemetry\/(?!api\/)/.test(source));
    if (found) process.stderr.write(`loads ${found}\n`);
    return next(url, context);
  },
});

/** The files that the build has joined in one, by its map. */
function sourcesOf(url) {
  if (!url.includes('/dist/')) return [url];
  try {
    return JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')).sources;
  } catch {
    return [url];
  }
}
