import { answer, PromptCache, type RecordedRequest } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { type Stage, startStage } from '../support/start-stage.js';

const ROUNDS = 10;
const TOOLS = Array.from({ length: 12 }, (_, index) => ({
  name: `tool_${index}`,
  description: 'Does one thing. '.repeat(60),
  parameters: { type: 'object', properties: { path: { type: 'string' } } },
}));
const INSTRUCTIONS = 'Be a careful engineer. '.repeat(400);
/** A file that the agent reads in each round. */
const FILE = 'const a = 1;\n'.repeat(80);

interface Tokens {
  readonly all: number;
  readonly cached: number;
}

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

/** A tool call each time, with the usage of a real cache. */
function played(): (request: RecordedRequest) => ReturnType<typeof answer> {
  const cache = new PromptCache();
  let count = 0;
  return (request) => {
    count += 1;
    const toolUse = { name: 'tool_3', input: { path: `${count}.ts` }, id: `toolu_${count}` };
    return answer({ toolUse, usage: cache.usageOf(request) });
  };
}

const clientFor = (user: string) =>
  new OpenAI({ baseURL: `${stage.gateway.url}/user/${user}/v1`, apiKey: 'sk-ant-api03-caller', maxRetries: 0 });

async function chatLoop(client: OpenAI): Promise<Tokens[]> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: INSTRUCTIONS },
    { role: 'user', content: 'Mend it.' },
  ];
  const tools = TOOLS.map((tool) => ({ type: 'function' as const, function: tool }));
  const tokens: Tokens[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { choices, usage } = await client.chat.completions.create({ model: 'sonnet', messages, tools });
    const { message } = choices[0]!;
    messages.push(message, { role: 'tool', tool_call_id: message.tool_calls![0]!.id, content: FILE });
    tokens.push({ all: usage!.prompt_tokens, cached: usage!.prompt_tokens_details!.cached_tokens! });
  }
  return tokens;
}

async function responsesLoop(client: OpenAI): Promise<Tokens[]> {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'Mend it.' }];
  const tools = TOOLS.map((tool) => ({ type: 'function' as const, strict: false, ...tool }));
  const tokens: Tokens[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const response = await client.responses.create({ model: 'sonnet', instructions: INSTRUCTIONS, input, tools });
    const call = response.output.find(
      ({ type }) => type === 'function_call',
    ) as OpenAI.Responses.ResponseFunctionToolCall;
    input.push(call, { type: 'function_call_output', call_id: call.call_id, output: FILE });
    const { input_tokens: all, input_tokens_details: details } = response.usage!;
    tokens.push({ all, cached: details.cached_tokens });
  }
  return tokens;
}

const shareRead = (tokens: readonly Tokens[]) =>
  tokens.reduce((sum, { cached }) => sum + cached, 0) / tokens.reduce((sum, { all }) => sum + all, 0);

describe.each([
  ['a chat', chatLoop],
  ['a response', responsesLoop],
])('a loop of ten rounds in %s', (name, loop) => {
  it('reads 85 % of its input from the cache, and all that was there before', async () => {
    stage.anthropic.setDefault(played());
    const tokens = await loop(clientFor(`anthropic-${name.length}`));
    expect(shareRead(tokens)).toBeGreaterThan(0.85);
    expect(tokens.slice(1).every(({ cached }, index) => cached === tokens[index]!.all)).toBe(true);
  });

  it('reads as much on Bedrock', async () => {
    const drilled = await startStage({ FORCE_RATE_LIMIT: 'true' });
    try {
      drilled.bedrock.setDefault(played());
      const baseURL = `${drilled.gateway.url}/v1`;
      const tokens = await loop(new OpenAI({ baseURL, apiKey: 'sk-ant-api03-caller', maxRetries: 0 }));
      expect(shareRead(tokens)).toBeGreaterThan(0.85);
      expect(drilled.bedrock.requests).toHaveLength(ROUNDS);
    } finally {
      await drilled.close();
    }
  });
});
