import { list, secret } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const authSection = section('auth', 'Who is calling, and with what the Anthropic API is asked.', {
  adminToken: setting(
    'ADMIN_TOKEN',
    secret,
    'Opens the admin endpoints (`authorization: Bearer` or `x-admin-token`). Unset: the token in the file `admin-token` of `DATA_DIR`, made at the first start. It is never sent to Anthropic: as a credential it counts as none.',
  ),
  anthropicApiKey: setting(
    'ANTHROPIC_API_KEY',
    secret,
    'Presented to Anthropic as `x-api-key` when the caller brings no credential.',
  ),
  anthropicAuthToken: setting(
    'ANTHROPIC_AUTH_TOKEN',
    secret,
    'Presented to Anthropic as a bearer when the caller brings no credential and `ANTHROPIC_API_KEY` is unset.',
  ),
  placeholderCredentials: setting(
    'PLACEHOLDER_CREDENTIALS',
    list,
    'Values that clients send because they must send something; they count as no credential.',
    'proxy-mode,any-key,test',
  ),
});

export type AuthConfig = ConfigOf<typeof authSection>;
