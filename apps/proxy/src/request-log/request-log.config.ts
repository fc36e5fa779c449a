import { text, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const requestLogSection = section('request log', 'One line per request, and figures of all requests.', {
  table: setting('REQUESTS_TABLE_NAME', text, 'Table of lines and figures.', 'claude-proxy-requests'),
  keepDays: setting(
    'REQUEST_LOG_DAYS',
    wholeNumber(1, 365),
    'How long lines are kept. Figures are kept 90 days.',
    '30',
  ),
});

export type RequestLogConfig = ConfigOf<typeof requestLogSection>;
