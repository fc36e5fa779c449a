import { list, secret } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const authSection = section('auth', 'Identity of callers, and credentials for the Anthropic API.', {
  adminToken: setting(
    'ADMIN_TOKEN',
    secret,
    'Token for the admin endpoints (`authorization: Bearer` or `x-admin-token`). Unset: the token in the file `admin-token` of `DATA_DIR`, created at the first start. It is never sent to Anthropic and is ignored as a credential.',
  ),
  anthropicApiKey: setting(
    'ANTHROPIC_API_KEY',
    secret,
    'Sent to Anthropic as `x-api-key` if the caller sends no credential.',
  ),
  anthropicAuthToken: setting(
    'ANTHROPIC_AUTH_TOKEN',
    secret,
    'Sent to Anthropic as a bearer if the caller sends no credential and `ANTHROPIC_API_KEY` is unset.',
  ),
  placeholderCredentials: setting(
    'PLACEHOLDER_CREDENTIALS',
    list,
    'Placeholder values of clients that must send a credential. They are ignored.',
    'proxy-mode,any-key,test',
  ),
});

export type AuthConfig = ConfigOf<typeof authSection>;
