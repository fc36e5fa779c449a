import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AnthropicSimulator,
  answer,
  cut,
  endEarly,
  errorAfter,
  errorInside200,
  html,
  overloaded,
  rateLimited,
  refuse,
  resetBeforeHeaders,
  startAnthropicSimulator,
  toolLoop,
} from './index.js';

const TEXT = 'Grüße aus 東京 👩‍💻🎉 — fin.';
const REQUEST = {
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Say hello' }],
};
const HEADERS = { 'x-api-key': 'sk-test', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };

let simulator: AnthropicSimulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startAnthropicSimulator();
  client = new Anthropic({ apiKey: 'sk-test', baseURL: simulator.url, maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function post(body: unknown): Promise<Response> {
  const request = { method: 'POST', headers: HEADERS, body: JSON.stringify(body) };
  return fetch(`${simulator.url}/v1/messages`, request);
}

function sseData(text: string): Record<string, unknown>[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? ''));
}

describe('the simulated Anthropic with the official SDK', () => {
  it('names itself and echoes the model', async () => {
    const message = await client.messages.create(REQUEST);
    expect(message.content).toEqual([{ type: 'text', text: 'Hello from Anthropic.' }]);
    expect(message.model).toBe(REQUEST.model);
    expect(message._request_id).toMatch(/^req_011/);
    expect(simulator.requests[0]).toMatchObject({ method: 'POST', credential: 'sk-test', model: REQUEST.model });
  });

  it.each([
    {},
    { splitEveryBytes: 1 },
    { chunkDelayMs: 0 },
    { encoding: 'gzip' as const },
    { encoding: 'br' as const },
  ])('streams thinking, unicode text and a tool call that accumulate (%j)', async (delivery) => {
    const content = {
      thinking: 'Hm 🤔 …',
      text: TEXT,
      toolUse: { id: 'toolu_1', name: 'Read', input: { path: 'ä/ö' } },
    };
    simulator.setDefault(answer({ ...content, ...delivery }));
    const streamed = await client.messages.stream(REQUEST).finalMessage();
    const whole = await client.messages.create(REQUEST);
    expect(streamed.content).toMatchObject(whole.content);
    expect(whole.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm 🤔 …' },
      { type: 'text', text: TEXT },
      { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'ä/ö' } },
    ]);
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.stop_reason).toBe('tool_use');
  });

  it('frames events as the real service does', async () => {
    const response = await post({ ...REQUEST, stream: true });
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('anthropic-ratelimit-requests-limit')).toBe('4000');
    expect(text).toContain('event: ping\ndata: {"type": "ping"}\n\n');
    expect(text).toMatch(/ +}\n\n/);
    expect(text.endsWith('\n\n')).toBe(true);
    expect(sseData(text).at(-1)).toEqual({ type: 'message_stop' });
  });

  it('plays a tool loop: first the call, then the final text after the result', async () => {
    simulator.setDefault(toolLoop({ name: 'Bash', input: { command: 'ls' }, finalText: 'Done.' }));
    const tools = [{ name: 'Bash', input_schema: { type: 'object' as const } }];
    const first = await client.messages.create({ ...REQUEST, tools });
    const call = first.content[0];
    if (call?.type !== 'tool_use') throw new Error('no tool call');
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'a.txt' };
    const messages = [
      ...REQUEST.messages,
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: [result] },
    ];
    const second = await client.messages.create({ ...REQUEST, tools, messages });
    expect(second.content).toEqual([{ type: 'text', text: 'Done.' }]);
    expect((await client.messages.create(REQUEST)).stop_reason).toBe('end_turn');
  });

  it.each([
    [refuse(401), Anthropic.AuthenticationError],
    [rateLimited(), Anthropic.RateLimitError],
    [overloaded(), Anthropic.InternalServerError],
    [html(502), Anthropic.InternalServerError],
    [resetBeforeHeaders(), Anthropic.APIConnectionError],
  ])('makes the SDK throw the right error (%#)', async (behaviour, errorClass) => {
    simulator.script(behaviour);
    await expect(client.messages.create(REQUEST)).rejects.toBeInstanceOf(errorClass);
  });

  it.each([
    errorInside200('overloaded_error'),
    errorAfter(4, 'api_error'),
    cut({ text: TEXT }),
    cut({ insideCharacter: true }),
    cut({ afterBytes: 700 }),
    endEarly(),
  ])('breaks a stream so that the SDK throws (%#)', async (behaviour) => {
    simulator.script(behaviour);
    await expect(client.messages.stream(REQUEST).finalMessage()).rejects.toThrow();
  });

  it('lists models, counts tokens and keeps batches', async () => {
    const models = await client.models.list({ limit: 3 });
    expect(models.data).toHaveLength(3);
    expect((await client.models.retrieve('claude-opus-5-5')).display_name).toBe('Claude Opus 5.5');
    await expect(client.models.retrieve('gpt-9')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    const counted = await client.messages.countTokens({ model: REQUEST.model, messages: REQUEST.messages });
    expect(counted.input_tokens).toBeGreaterThan(0);
    const batch = await client.messages.batches.create({ requests: [{ custom_id: 'a', params: REQUEST }] });
    expect(batch.results_url).toBe(`https://api.anthropic.com/v1/messages/batches/${batch.id}/results`);
    const lines = await fetch(`${simulator.url}/v1/messages/batches/${batch.id}/results`, { headers: HEADERS });
    expect(JSON.parse((await lines.text()).trim())).toMatchObject({ custom_id: 'a', result: { type: 'succeeded' } });
  });

  it('streams files in and out without storing them', async () => {
    const form = new FormData();
    form.set('file', new Blob([Buffer.alloc(300_000, 'a')]), 'big.txt');
    const headers = { 'x-api-key': 'sk-test', 'anthropic-version': '2023-06-01' };
    const uploaded = await fetch(`${simulator.url}/v1/files`, { method: 'POST', headers, body: form });
    expect(await uploaded.json()).toMatchObject({ type: 'file', filename: 'big.txt' });
    expect(simulator.requests[0]?.bodyBytes).toBeGreaterThan(300_000);
    const content = await fetch(`${simulator.url}/v1/files/file_1/content`, { headers });
    expect((await content.arrayBuffer()).byteLength).toBe(1_000_000);
  });
});
