import { GatewayError } from '../exchange/gateway-error.js';

/**
 * Readers differ about repeated lines: Node uses the first `authorization`, and joins all other headers to one text
 * that contains several secrets.
 *
 * @throws GatewayError invalid_request_error if the request has more than one line of this name
 */
export function expectOneLine(rawHeaders: readonly string[], name: string): void {
  let lines = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index]!;
    if (candidate.length === name.length && candidate.toLowerCase() === name) lines += 1;
  }
  if (lines > 1) throw severalIn(name);
}

export function severalIn(name: string): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message: `The request has more than one credential in "${name}"; send the one that is meant.`,
  });
}
