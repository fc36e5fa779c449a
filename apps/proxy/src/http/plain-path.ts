import { GatewayError } from '../exchange/gateway-error.js';

/** Empty and dot segments. A dot segment may carry parameters (`..;x`), which some servers remove before they resolve it. */
const ODD_SEGMENT = /\/\.{0,2}(?:[/;]|$)/;
/** No id of the API has one of these, and servers disagree on what they mean. */
const ODD_CHARACTER = /[;\\]|[^\x21-\x7e]/;
/** Encoded dots, slashes, backslashes, semicolons, percent signs, control characters and bytes that are not ASCII. */
const ODD_ESCAPE = /%(?:2[ef5]|5c|3b|7f|[0189a-f].|[^\da-f]|.[^\da-f]|.?$)/i;
const ODD = [ODD_SEGMENT, ODD_CHARACTER, ODD_ESCAPE];
const MAX_CHARACTERS = 1_024;

/**
 * The path, where it is spelled as the API spells it: what looks like one resource here must not become another one
 * upstream.
 *
 * @throws GatewayError invalid_request_error
 */
export function plainPath(path: string, resources: readonly string[]): string {
  const [resource = ''] = path.split('?');
  const isOdd = resource.length > MAX_CHARACTERS || ODD.some((kind) => kind.test(withoutLastSlash(resource)));
  const isSpelledPlainly = resources.some((known) => resource === known || resource.startsWith(`${known}/`));
  if (!isOdd && isSpelledPlainly) return path;
  throw new GatewayError({
    type: 'invalid_request_error',
    message: 'The path must consist of plain ids: no empty or dot segments, no ";" or "\\", no encoded separators.',
  });
}

function withoutLastSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
