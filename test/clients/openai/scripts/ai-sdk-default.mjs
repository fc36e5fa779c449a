import { createOpenAI } from '@ai-sdk/openai';
import { play } from './ai-sdk-loop.mjs';
import { apiKey, baseURL, model } from './task-tools.mjs';

await play(createOpenAI({ baseURL, apiKey })(model));
