import { Agent, run as runAgent, setDefaultOpenAIClient, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { apiKey, baseURL, model, prompt, read, run, say, write } from './task-tools.mjs';

setTracingDisabled(true);
setDefaultOpenAIClient(new OpenAI({ baseURL, apiKey }));
const text = z.string();
const named = (name, parameters, execute) =>
  tool({ name, description: name, parameters: z.object(parameters), execute: async (input) => execute(input) });
const agent = new Agent({
  name: 'player',
  model,
  tools: [
    named('read', { path: text }, read),
    named('write', { path: text, content: text }, write),
    named('run', { command: text }, run),
  ],
});
const result = await runAgent(agent, prompt, { stream: true });
for await (const _event of result);
say(result.finalOutput);
