import { oneOf } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const observabilitySection = section('observability', 'What is written to standard output.', {
  logLevel: setting(
    'LOG_LEVEL',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'The lowest level that is written. The line per request has the level `info`.',
    'info',
  ),
  logFormat: setting(
    'LOG_FORMAT',
    oneOf('auto', 'json', 'pretty'),
    '`auto`: pretty in a terminal, JSON elsewhere.',
    'auto',
  ),
});

export type ObservabilityConfig = ConfigOf<typeof observabilitySection>;
