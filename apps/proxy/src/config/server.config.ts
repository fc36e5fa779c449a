import { addressRanges, text, wholeNumber } from './kinds.js';
import { type ConfigOf, section, setting } from './section.js';

export const serverSection = section('server', 'Where the gateway listens.', {
  port: setting('PORT', wholeNumber(0, 65_535), 'TCP port; 0 takes a free one.', '8080'),
  host: setting('HOST', text, 'Address to listen on. In a container: `0.0.0.0`.', '127.0.0.1'),
  trustedProxies: setting(
    'TRUST_PROXY',
    addressRanges,
    'Load balancers whose `x-forwarded-*` headers are believed, such as `10.0.16.0/20`, the range of its subnet; a wider range lets its other hosts forge addresses.',
    '',
  ),
  drainTimeoutSeconds: setting(
    'DRAIN_TIMEOUT_SECONDS',
    wholeNumber(0, 3_600),
    'How long running answers may take to end after SIGTERM, SIGINT or SIGHUP.',
    '110',
  ),
  warmUpRequests: setting(
    'WARM_UP_REQUESTS',
    wholeNumber(0, 10_000),
    'Requests that a second gateway in the process answers to itself before the process listens, so that its first callers meet compiled code. They reach no upstream and are not recorded. 300 take 1 to 2 seconds.',
    '0',
  ),
  watchdogSeconds: setting(
    'WATCHDOG_SECONDS',
    wholeNumber(0, 3_600),
    'A process whose event loop stands still for so long writes the last request to standard error and kills itself; 0 switches this off.',
    '15',
  ),
});

export type ServerConfig = ConfigOf<typeof serverSection>;
