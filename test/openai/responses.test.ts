import { answer, cut, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { type Pair, startPair } from '../support/start-pair.js';

const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

let pair: Pair;
let client: OpenAI;

beforeAll(async () => {
  pair = await startPair();
  client = new OpenAI({ baseURL: `${pair.gateway.url}/user/alice/v1`, apiKey: 'sk-ant-api03-caller', maxRetries: 0 });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const askedFor = (index = 0) => pair.anthropic.requests[index]!.json!;
const respond = (members: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
  client.responses.create({ model: 'opus', input: 'hello', ...members });

describe('a response', () => {
  it('is answered by Claude', async () => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 90, cache_creation_input_tokens: 0, output_tokens: 5 };
    pair.anthropic.script(answer({ text: 'Good day.', usage }));
    const response = await respond({ instructions: 'be brief', metadata: { a: 'b' } });
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'claude-opus-5-5',
      output_text: 'Good day.',
      metadata: { a: 'b' },
      usage: {
        input_tokens: 100,
        output_tokens: 5,
        total_tokens: 105,
        input_tokens_details: { cached_tokens: 90 },
      },
    });
    expect(askedFor()).toMatchObject({ system: 'be brief', messages: [{ role: 'user' }], max_tokens: 128_000 });
  });

  it('gives the reason if it is incomplete', async () => {
    pair.anthropic.script(answer({ text: 'Once upon', stopReason: 'max_tokens' }));
    expect(await respond({ max_output_tokens: 16 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    });
    expect(askedFor().max_tokens).toBe(16);
  });

  it('supports an image and a response format', async () => {
    pair.anthropic.script(answer({ text: '{"a":1}' }));
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    await respond({
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
          ],
        },
      ],
      text: { format: { type: 'json_schema', name: 'a', schema } },
      reasoning: { effort: 'high' },
    });
    expect(askedFor()).toMatchObject({
      messages: [{ content: [{ text: 'look' }, { type: 'image', source: { url: 'https://example.com/a.png' } }] }],
      output_config: { effort: 'high', format: { type: 'json_schema' } },
      thinking: { type: 'adaptive' },
    });
  });
});

describe('a streamed response', () => {
  it('has numbered events that build the same response', async () => {
    pair.anthropic.script(
      answer({
        thinking: 'hm',
        text: 'Grüße aus 東京 👩‍💻',
        toolUse: [{ name: 'weather', input: { city: 'Bonn' } }, { name: 'weather' }],
        splitEveryBytes: 11,
      }),
    );
    const stream = client.responses.stream({ model: 'opus', input: 'hello', tools: [WEATHER] });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    const final = await stream.finalResponse();
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(final.output_text).toBe('Grüße aus 東京 👩‍💻');
    expect(final.output.map((item) => (item.type === 'function_call' ? item.arguments : item.type))).toEqual([
      'reasoning',
      'message',
      '{"city":"Bonn"}',
      '{}',
    ]);
    expect(final.usage!.output_tokens).toBeGreaterThan(0);
  });

  it('ends with an error that the client throws if it is cut off', async () => {
    pair.anthropic.script(cut({ text: 'half an answer, or less', deltaLength: 4 }));
    const stream = await client.responses.create({ model: 'opus', input: 'hello', stream: true });
    const reading = (async () => {
      for await (const _event of stream);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'server_error',
      message: expect.stringContaining('incomplete'),
    });
  });

  it('gives the reason if it is incomplete', async () => {
    pair.anthropic.script(answer({ text: 'Once upon', stopReason: 'max_tokens' }));
    const stream = await client.responses.create({ model: 'opus', input: 'hello', stream: true });
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const event of stream) last = event;
    expect(last).toMatchObject({ type: 'response.incomplete', response: { status: 'incomplete' } });
  });
});

describe('a loop of tools', () => {
  it('runs two rounds, with the whole input each time', async () => {
    pair.anthropic.script(
      answer({ text: 'Let me look.', toolUse: { name: 'weather', input: { city: 'Bonn' } } }),
      answer({ toolUse: { name: 'weather', input: { city: 'Köln' } } }),
      answer({ text: 'Rain everywhere.' }),
    );
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'weather?' }];
    let text = '';
    for (let round = 0; round < 3; round += 1) {
      const response = await respond({ input, tools: [WEATHER] });
      text = response.output_text;
      for (const item of response.output) {
        input.push(item as OpenAI.Responses.ResponseInputItem);
        if (item.type !== 'function_call') continue;
        const { city } = JSON.parse(item.arguments) as { city: string };
        input.push({ type: 'function_call_output', call_id: item.call_id, output: `rain in ${city}` });
      }
    }
    expect(text).toBe('Rain everywhere.');
    const messages = askedFor(2).messages as { role: string; content: Record<string, unknown>[] }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages[1]!.content).toMatchObject([{ type: 'text' }, { type: 'tool_use', input: { city: 'Bonn' } }]);
    expect(messages[4]!.content).toMatchObject([{ type: 'tool_result', content: [{ text: 'rain in Köln' }] }]);
  });
});

describe('a field without which the answer would mean something else is refused by name', () => {
  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ prompt: { id: 'p' } }, 'prompt'],
    [{ tool_choice: { type: 'function', name: 'unknown' } }, 'tool_choice'],
  ])('%j', async (members, param) => {
    const error = await respond(members as object).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ param, requestID: expect.stringMatching(/^exc_/) });
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('and Anthropic’s refusal has OpenAI’s format', async () => {
    pair.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    expect(await respond().catch((thrown: unknown) => thrown)).toBeInstanceOf(OpenAI.RateLimitError);
  });
});
