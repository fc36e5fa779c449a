import { registerHooks } from 'node:module';

/**
 * Imported before a gateway: names the modules of OpenTelemetry's SDK that it loads, on standard error. Its API is not one of
 * them: prom-client loads it.
 */
registerHooks({
  load(url, context, next) {
    if (/@opentelemetry\/(?!api\/)/.test(url)) process.stderr.write(`loads ${url}\n`);
    return next(url, context);
  },
});
