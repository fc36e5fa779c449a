import { flag, textMap } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const openAiSection = section('openai', 'The OpenAI-compatible endpoints.', {
  modelAliases: setting(
    'OPENAI_MODEL_ALIASES',
    textMap,
    'Further names of models, for tools whose names are fixed: `{"gpt-4o":"sonnet"}`. Values are ids or aliases of Claude.',
    '{}',
  ),
  hasAutoCache: setting(
    'OPENAI_AUTO_CACHE',
    flag,
    'Prompt caching in loops of tools: a request with tool results, or with long tools and instructions, gets cache breakpoints unless it has some. If false, only callers that ask for caching get it.',
    'true',
  ),
});

export type OpenAiConfig = ConfigOf<typeof openAiSection>;
