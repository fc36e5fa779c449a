import { flag, oneOf, secret, wholeNumber } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

export const keysSection = section('keys', 'Client keys: which callers the gateway serves.', {
  clientAuth: setting(
    'CLIENT_AUTH',
    oneOf('open', 'keys'),
    '`open` serves all callers, and a client key is checked where a caller sends one; `keys` serves callers with a valid client key only. Unset: `keys` if `ALLOWED_API_KEYS` is set, else `open`.',
  ),
  allowedKeys: setting(
    'ALLOWED_API_KEYS',
    secret,
    'Client keys without attributes, separated by commas, in any form of 8 characters or more. Their callers choose the user in the path.',
  ),
  pepper: setting(
    'CLIENT_KEY_PEPPER',
    secret,
    'A secret that is a part of the stored hash of each key that is created or rotated from now on, so that the store alone cannot confirm a key. If it is lost or changed, these keys get 503 until it is set again or they are rotated.',
  ),
  isSelfService: setting(
    'KEY_SELF_SERVICE',
    flag,
    'Lets people who have signed in at the load balancer create and revoke keys of their own at `/api/me/keys`.',
    'false',
  ),
  outageSeconds: setting(
    'CLIENT_KEY_OUTAGE_SECONDS',
    wholeNumber(0, 86_400),
    'How long a key that was used lately works while the store is unreachable. Other keys get 503 meanwhile.',
    '600',
  ),
});

export type KeysConfig = ConfigOf<typeof keysSection>;
