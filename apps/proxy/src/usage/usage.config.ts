import { flag, text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const usageSection = section('usage', 'Counting tokens and money per user and day.', {
  isTracking: setting('USAGE_TRACKING_ENABLED', flag, 'Count the tokens of every answer.', 'true'),
  usageTable: setting('USAGE_TABLE_NAME', text, 'Table of daily counters.', 'claude-proxy-usage'),
  priceListFile: setting(
    'PRICE_LIST_FILE',
    text,
    'JSON file with prices that override those of the list of models, in nano-dollars per 1,000 tokens; see `price-list.ts`.',
  ),
});

export type UsageConfig = ConfigOf<typeof usageSection>;
