import { hostNames, webOrigins, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const admissionSection = section('admission', 'Who is let in, and how often.', {
  throttleLimit: setting(
    'THROTTLE_LIMIT',
    wholeNumber(0, 10_000_000),
    'Requests to the endpoints of the API per user and address in `THROTTLE_TTL_SECONDS`; 0 sets no limit.',
    '600',
  ),
  addressLimit: setting(
    'THROTTLE_ADDRESS_LIMIT',
    wholeNumber(0, 10_000_000),
    'The same per address and credential, whatever users are named; 0 sets no limit. Unset: as `THROTTLE_LIMIT`. Raise it where many people share an address and a key.',
  ),
  countTokensLimit: setting(
    'THROTTLE_COUNT_TOKENS_LIMIT',
    wholeNumber(0, 10_000_000),
    'The same for `count_tokens`, which clients call more often and which costs nothing; 0 sets no limit.',
    '6000',
  ),
  windowSeconds: setting(
    'THROTTLE_TTL_SECONDS',
    wholeNumber(0, 86_400),
    'The window in which requests are counted; 0 switches throttling off.',
    '60',
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    webOrigins,
    'Web pages, extensions and apps that may call the API from a browser, such as `https://chat.example.com`, `chrome-extension://…` or `null`; `*` means all. Other pages get 403.',
    '',
  ),
  allowedHosts: setting(
    'ALLOWED_HOSTS',
    hostNames,
    'Names, beside `localhost`, addresses and names without a dot, under which the gateway may be reached on loopback; `*` means all. Any other name gets 403 there, because a web page can have it point at this machine.',
    'host.docker.internal',
  ),
});

export type AdmissionConfig = ConfigOf<typeof admissionSection>;
