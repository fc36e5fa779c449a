import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { answer, errorAfter, refuse, toolLoop } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
let provider: ReturnType<typeof createOpenAICompatible>;
let openai: OpenAIProvider;

beforeAll(async () => {
  pair = await startPair();
  provider = createOpenAICompatible({
    name: 'claude',
    baseURL: `${pair.gateway.url}/user/alice/v1`,
    apiKey: 'sk-ant-api03-caller',
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  openai = createOpenAI({ baseURL: `${pair.gateway.url}/user/alice/v1`, apiKey: 'sk-ant-api03-caller' });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const weather = tool({
  description: 'The weather in a city.',
  inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
  execute: ({ city }) => Promise.resolve(`rain in ${city}`),
});

describe('the AI SDK with its compatible provider', () => {
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

describe('the AI SDK with its default provider, which speaks the Responses API', () => {
  const CALLS = [
    { name: 'weather', input: { city: 'Bonn' }, id: 'toolu_1' },
    { name: 'weather', input: { city: 'Köln' }, id: 'toolu_2' },
  ];
  const loop = () =>
    pair.anthropic.script(answer({ thinking: 'hm', text: 'Let me look.', toolUse: CALLS }), answer({ text: 'Rain.' }));
  const asked = { prompt: 'weather?', tools: { weather }, stopWhen: stepCountIs(3) };
  const expectLoop = () => {
    const messages = pair.anthropic.requests[1]!.json!.messages as { role: string; content: object[] }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[1]!.content.slice(-2)).toMatchObject([{ input: { city: 'Bonn' } }, { input: { city: 'Köln' } }]);
    expect(messages[2]!.content).toMatchObject([{ tool_use_id: 'toolu_1' }, { tool_use_id: 'toolu_2' }]);
  };

  it('runs a loop with two calls at once as it comes, in one piece and streamed', async () => {
    loop();
    expect((await generateText({ model: openai('haiku'), ...asked })).text).toBe('Rain.');
    expectLoop();
    pair.anthropic.reset();
    loop();
    expect(await streamText({ model: openai('haiku'), ...asked }).text).toBe('Rain.');
    expectLoop();
  });

  it('returns text and thinking in the next step with store: false', async () => {
    loop();
    const providerOptions = { openai: { store: false, forceReasoning: true } };
    await generateText({ model: openai('haiku'), ...asked, providerOptions });
    expectLoop();
    const [, said] = pair.anthropic.requests[1]!.json!.messages as { content: object[] }[];
    expect(said!.content.slice(0, 2)).toMatchObject([
      { type: 'thinking', thinking: 'hm', signature: expect.stringMatching(/./) },
      { type: 'text', text: 'Let me look.' },
    ]);
  });

  it('returns an object of a schema, and the reason of a stream that breaks', async () => {
    pair.anthropic.script(answer({ text: '{"size":3}' }));
    const schema = jsonSchema<{ size: number }>({ type: 'object', properties: { size: { type: 'integer' } } });
    const { output } = await generateText({ model: openai('opus'), prompt: 'x', output: Output.object({ schema }) });
    expect(output).toEqual({ size: 3 });
    pair.anthropic.script(errorAfter(4, 'overloaded_error', { text: 'half an answer' }));
    const errors: unknown[] = [];
    const stream = streamText({ model: openai('opus'), prompt: 'x', onError: ({ error }) => void errors.push(error) });
    await stream.consumeStream();
    expect(JSON.stringify(errors)).toContain('Overloaded');
  });
});
