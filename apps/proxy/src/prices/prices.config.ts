import { text } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const pricesSection = section('prices', 'What an answer costs.', {
  priceListFile: setting(
    'PRICE_LIST_FILE',
    text,
    'JSON file with prices that override those of the list of models, in nano-dollars per 1,000 tokens; see `price-list.ts`.',
  ),
});

export type PricesConfig = ConfigOf<typeof pricesSection>;
