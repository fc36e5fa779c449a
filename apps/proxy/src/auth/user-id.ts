import { GatewayError } from '../exchange/gateway-error.js';
import { looksLikeKey } from '../exchange/masked-keys.js';

const DEFAULT_USER = 'default';

const MAX_CHARACTERS = 128;
/** Before normalization a character can have four units: a letter and its marks. Sorting thousands takes seconds. */
const MAX_UNITS = 4 * MAX_CHARACTERS;
/** Letters with combining marks, and digits of any script. `#` and `/` separate parts of keys and paths. */
const USER_ID = /^[\p{L}\p{M}\p{N}._@+-]+$/u;

/**
 * The user in a path, a query or a drill, already percent-decoded, in one spelling (NFC).
 *
 * @throws GatewayError invalid_request_error
 */
export function userIdOf(name: string | undefined): string {
  if (name === undefined) return DEFAULT_USER;
  const measured = name.length > MAX_UNITS ? '' : name;
  if (looksLikeKey(measured)) throw keyForUser();
  const user = measured.normalize('NFC');
  const isDotSegment = user === '.' || user === '..';
  if (isDotSegment || !USER_ID.test(user) || [...user].length > MAX_CHARACTERS) {
    throw new GatewayError({
      type: 'invalid_request_error',
      message: `The user id must be 1 to ${MAX_CHARACTERS} letters, digits or ". _ @ + -"; it is ${JSON.stringify(name.slice(0, 40))}.`,
    });
  }
  return user;
}

/** Does not quote the text: a key would be recorded. */
function keyForUser(): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message:
      'The user id looks like an API key. Send the key in the header "x-api-key" or "authorization", and send a user id instead.',
  });
}
