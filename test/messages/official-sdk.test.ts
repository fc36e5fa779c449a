import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { answer, overloaded, rateLimited, refuse, toolLoop } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair();
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const clientAt = (path: string) =>
  new Anthropic({ apiKey: 'sk-ant-api03-caller', baseURL: pair.gateway.url + path, maxRetries: 0, logLevel: 'off' });
const QUESTION: Anthropic.MessageCreateParamsNonStreaming = {
  model: 'claude-opus-5-5',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'What is the weather?' }],
};
const TOOL: Anthropic.Tool = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};

describe.each(['', '/v1', '/user/alice', '/user/alice/v1'])('the official SDK with base URL %j', (path) => {
  it('returns a message, its usage and its request id', async () => {
    pair.anthropic.script(answer({ text: 'Sunny ☀️', usage: { input_tokens: 7, output_tokens: 3 } }));
    const message = await clientAt(path).messages.create(QUESTION);
    expect(message).toMatchObject({
      content: [{ type: 'text', text: 'Sunny ☀️' }],
      usage: { input_tokens: 7, output_tokens: 3 },
      _request_id: expect.stringMatching(/^req_011/),
    });
  });

  it('streams text and thinking, and accumulates them', async () => {
    const thinking = 'The sky — 空 — is blue. ';
    const text = 'Blau, weil Rayleigh 😀.';
    pair.anthropic.script(answer({ thinking, text, splitEveryBytes: 11 }));
    const stream = clientAt(path).messages.stream({ ...QUESTION, thinking: { type: 'adaptive' } });
    let [thought, said] = ['', ''];
    stream.on('thinking', (delta) => {
      thought += delta;
    });
    stream.on('text', (delta) => {
      said += delta;
    });
    const message = await stream.finalMessage();
    expect([thought, said]).toEqual([thinking, text]);
    expect(message.content).toEqual([
      { type: 'thinking', thinking, signature: expect.stringMatching(/^EqQB/) },
      { type: 'text', text },
    ]);
    expect(message.stop_reason).toBe('end_turn');
  });

  it('runs a tool loop of two rounds', async () => {
    pair.anthropic.setDefault(toolLoop({ name: 'weather', input: { city: '北京' }, finalText: 'It is 21 °C.' }));
    const client = clientAt(path);
    const first = await client.messages.stream({ ...QUESTION, tools: [TOOL] }).finalMessage();
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(first.stop_reason).toBe('tool_use');
    expect(call).toMatchObject({ name: 'weather', input: { city: '北京' } });
    const second = await client.messages
      .stream({
        ...QUESTION,
        tools: [TOOL],
        messages: [
          ...QUESTION.messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call!.id, content: '21' }] },
        ],
      })
      .finalMessage();
    expect(second.content).toMatchObject([{ type: 'text', text: 'It is 21 °C.' }]);
    expect(pair.anthropic.requests.map(({ path: seen }) => seen)).toEqual(['/v1/messages', '/v1/messages']);
  });

  it('counts tokens', async () => {
    const { max_tokens: _none, ...counted } = QUESTION;
    expect(await clientAt(path).messages.countTokens(counted)).toMatchObject({ input_tokens: expect.any(Number) });
  });

  it('lists models page by page', async () => {
    const ids: string[] = [];
    for await (const { id } of clientAt(path).models.list({ limit: 2 })) ids.push(id);
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await clientAt(path).models.retrieve(ids[0]!)).toMatchObject({ id: ids[0] });
  });
});

describe('the official SDK throws the error class of a refusal', () => {
  it.each([
    ['401', refuse(401), Anthropic.AuthenticationError, 'authentication_error'],
    ['400', refuse(400, { message: 'prompt is too long' }), Anthropic.BadRequestError, 'invalid_request_error'],
    ['404', refuse(404), Anthropic.NotFoundError, 'not_found_error'],
    ['429', rateLimited({ retryAfterSeconds: 120 }), Anthropic.RateLimitError, 'rate_limit_error'],
    ['500', refuse(500), Anthropic.InternalServerError, 'api_error'],
    ['529', overloaded(), APIError, 'overloaded_error'],
  ])('%s', async (status, behaviour, expectedClass, type) => {
    pair.anthropic.script(behaviour, behaviour);
    const client = clientAt('/user/sdk-errors');
    const error = (await client.messages.create(QUESTION).catch((thrown) => thrown)) as APIError;
    expect(error).toBeInstanceOf(expectedClass);
    expect(error).toMatchObject({ status: Number(status), type, requestID: expect.stringMatching(/^req_011/) });
    await expect(client.messages.stream(QUESTION).finalMessage()).rejects.toBeInstanceOf(expectedClass);
  });

  it('with Anthropic’s retry-after', async () => {
    pair.anthropic.script(rateLimited({ retryAfterSeconds: 120, shouldRetry: false }));
    const error = (await clientAt('')
      .messages.create(QUESTION)
      .catch((thrown) => thrown)) as APIError;
    expect(error.headers!.get('retry-after')).toBe('120');
    expect(error.headers!.get('x-should-retry')).toBe('false');
  });

  it('also for a refusal of our own', async () => {
    const error = (await clientAt('/user/a%20b')
      .messages.create(QUESTION)
      .catch((thrown) => thrown)) as APIError;
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', requestID: expect.stringMatching(/^exc_/) });
  });
});
