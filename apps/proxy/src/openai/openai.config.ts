import { textMap } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const openAiSection = section('openai', 'The OpenAI-compatible endpoints.', {
  modelAliases: setting(
    'OPENAI_MODEL_ALIASES',
    textMap,
    'Further names of models, for tools whose names are fixed: `{"gpt-4o":"sonnet"}`. Values are ids or aliases of Claude.',
    '{}',
  ),
});

export type OpenAiConfig = ConfigOf<typeof openAiSection>;
