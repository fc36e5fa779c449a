import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { play } from './ai-sdk-loop.mjs';
import { apiKey, baseURL, model } from './task-tools.mjs';

await play(createOpenAICompatible({ name: 'claude', baseURL, apiKey })(model));
