import { text, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const healthSection = section('health', 'Whether fallback upstreams can answer before they are needed.', {
  probeMinutes: setting(
    'FALLBACK_PROBE_MINUTES',
    wholeNumber(0, 1_440),
    'How often each process sends one small request to every fallback upstream and logs an error if one does not answer. The tokens are billed to the operator. 0: never.',
    '0',
  ),
  probeModel: setting('FALLBACK_PROBE_MODEL', text, 'The model of these requests.', 'claude-haiku-5-5'),
});

export type HealthConfig = ConfigOf<typeof healthSection>;
