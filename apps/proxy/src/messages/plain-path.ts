import { GatewayError } from '../exchange/gateway-error.js';

/**
 * The path, where it is spelled as the API spells it: what looks like one resource here must not become another one
 * upstream.
 *
 * @throws GatewayError invalid_request_error
 */
export function plainPath(path: string, resources: readonly string[]): string {
  const [resource = ''] = path.split('?');
  const isOdd = /\/\.{0,2}(\/|$)|%2e|%2f|%5c|\\/i.test(resource.replace(/\/$/, ''));
  const isSpelledPlainly = resources.some((known) => resource === known || resource.startsWith(`${known}/`));
  if (!isOdd && isSpelledPlainly) return path;
  throw new GatewayError({ type: 'invalid_request_error', message: 'The path has empty, dot or encoded segments.' });
}
