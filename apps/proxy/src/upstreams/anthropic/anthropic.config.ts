import { httpUrl } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

export const anthropicSection = section('anthropic', 'The first upstream: the Anthropic API.', {
  upstreamUrl: setting(
    'ANTHROPIC_UPSTREAM_URL',
    httpUrl,
    'URL of the Anthropic API. Not `ANTHROPIC_BASE_URL`, which points clients at this gateway.',
    'https://api.anthropic.com',
  ),
});

export type AnthropicConfig = ConfigOf<typeof anthropicSection>;
