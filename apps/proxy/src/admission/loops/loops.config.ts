import { oneOf, wholeNumber } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';
import { MAX_TIMES } from './repeated-call.js';

export const loopsSection = section('loops', 'Agents that repeat themselves.', {
  mode: setting(
    'LOOP_DETECTION',
    oneOf('off', 'warn', 'stop'),
    'What happens if an agent makes the same tool call `LOOP_CALLS` times in a row: `warn` reports an event, `stop` also refuses the request. `off` looks at no conversation.',
    'off',
  ),
  calls: setting(
    'LOOP_CALLS',
    wholeNumber(2, MAX_TIMES),
    'Equal tool calls in a row that count as a loop. A message of a person begins a new count.',
    '10',
  ),
});

export type LoopsConfig = ConfigOf<typeof loopsSection>;
