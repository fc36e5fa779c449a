import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { answer, refuse, toolLoop } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
let provider: ReturnType<typeof createOpenAICompatible>;

beforeAll(async () => {
  pair = await startPair();
  provider = createOpenAICompatible({
    name: 'claude',
    baseURL: `${pair.gateway.url}/user/alice/v1`,
    apiKey: 'sk-ant-api03-caller',
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
  execute: ({ city }) => Promise.resolve(`rain in ${city}`),
});

describe('the AI SDK', () => {
  it('returns text and usage', async () => {
    pair.anthropic.script(answer({ text: 'Good day.', usage: { input_tokens: 3, output_tokens: 4 } }));
    const { text, usage, finishReason } = await generateText({ model: provider('opus'), prompt: 'hello' });
    expect({ text, finishReason, output: usage.outputTokens }).toEqual({
      text: 'Good day.',
      finishReason: 'stop',
      output: 4,
    });
  });

  it('returns a stream with its usage', async () => {
    const said = 'Grüße aus 東京, und so weiter.';
    pair.anthropic.script(answer({ text: said, splitEveryBytes: 5, usage: { output_tokens: 8 } }));
    const stream = streamText({ model: provider('sonnet'), prompt: 'hello' });
    let text = '';
    for await (const delta of stream.textStream) text += delta;
    expect(text).toBe(said);
    expect((await stream.usage).outputTokens).toBe(8);
  });

  it('runs a tool loop, streamed', async () => {
    pair.anthropic.setDefault(toolLoop({ name: 'weather', input: { city: 'Bonn' }, finalText: 'Rain.' }));
    const stream = streamText({
      model: provider('haiku'),
      prompt: 'weather?',
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    expect(await stream.text).toBe('Rain.');
    expect(JSON.stringify(pair.anthropic.requests[1]!.json)).toContain('rain in Bonn');
  });

  it('returns an object of a schema', async () => {
    pair.anthropic.script(answer({ text: '{"size":3}' }));
    const schema = jsonSchema<{ size: number }>({ type: 'object', properties: { size: { type: 'integer' } } });
    const { output } = await generateText({
      model: provider('opus'),
      prompt: 'how big?',
      output: Output.object({ schema }),
    });
    expect(output).toEqual({ size: 3 });
    expect(pair.anthropic.requests[0]!.json!.output_config).toMatchObject({ format: { type: 'json_schema' } });
  });

  it('throws with the reason of a refusal', async () => {
    pair.anthropic.script(refuse(403, { message: 'not for you' }));
    const asked = generateText({ model: provider('opus'), prompt: 'hello', maxRetries: 0 });
    await expect(asked).rejects.toMatchObject({ statusCode: 403, message: expect.stringContaining('not for you') });
  });
});
