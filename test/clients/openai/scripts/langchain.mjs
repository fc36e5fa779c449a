import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { apiKey, baseURL, model, prompt, read, run, say, write } from './task-tools.mjs';

const text = z.string();
const named = (name, schema, execute) => tool(execute, { name, description: name, schema: z.object(schema) });
const tools = [
  named('read', { path: text }, read),
  named('write', { path: text, content: text }, write),
  named('run', { command: text }, run),
];
const claude = new ChatOpenAI({ model, apiKey, configuration: { baseURL } }).bindTools(tools);
const messages = [new HumanMessage(prompt)];
for (let step = 0; step < 6; step += 1) {
  const answer = await claude.invoke(messages);
  messages.push(answer);
  if (!answer.tool_calls?.length) {
    say(answer.text);
    break;
  }
  for (const call of answer.tool_calls) {
    const result = await tools.find(({ name }) => name === call.name).invoke(call.args);
    messages.push(new ToolMessage({ content: String(result), tool_call_id: call.id }));
  }
}
