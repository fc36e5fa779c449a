import { flag, text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const usageSection = section('usage', 'Counting tokens and money per user and day.', {
  isTracking: setting('USAGE_TRACKING_ENABLED', flag, 'Count the tokens of every answer.', 'true'),
  usageTable: setting('USAGE_TABLE_NAME', text, 'Table of daily counters.', 'claude-proxy-usage'),
});

export type UsageConfig = ConfigOf<typeof usageSection>;
