import { registerHooks } from 'node:module';

/** A second copy would have an `UpstreamError` and tokens of its own, which ours are not equal to. */
const GATEWAYS_OWN = /^(?:claude-code-proxy|class-validator|@nestjs\/)/;

/**
 * Modules of `UPSTREAM_MODULES` may lie anywhere; what they share with the gateway is found from here. It is a setting
 * of the whole process, so it is made where the process begins, before the gateway is created.
 */
export function shareHostPackages(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, GATEWAYS_OWN.test(specifier) ? { ...context, parentURL: import.meta.url } : context),
  });
}
