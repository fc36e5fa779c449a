import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { answer, big, cut, refuse, silence, toolLoop } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { EndedExchanges } from '../support/ended-exchanges.js';
import { type Pair, startPair } from '../support/start-pair.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const HELLO = [{ role: 'user' as const, content: 'hello' }];
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
};

let pair: Pair;
let client: OpenAI;
let finished: EndedExchanges;

beforeAll(async () => {
  pair = await startPair();
  finished = new EndedExchanges(pair.gateway);
  client = new OpenAI({ baseURL: `${pair.gateway.url}/user/alice/v1`, apiKey: 'sk-ant-api03-caller', maxRetries: 0 });
});
afterEach(() => {
  pair.anthropic.reset();
  finished.clear();
});
afterAll(() => pair.close());

const askedFor = (index = 0) => pair.anthropic.requests[index]!.json!;
const chat = (members: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model: 'opus', messages: HELLO, ...members });

describe('a chat', () => {
  it('is answered by Claude, with its usage in OpenAI’s fields', async () => {
    const usage = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 1, output_tokens: 5 };
    pair.anthropic.script(answer({ text: 'Good day.', usage }));
    const completion = await chat();
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'claude-opus-5-5',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Good day.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 111,
        completion_tokens: 5,
        total_tokens: 116,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    });
    expect(completion.id).toMatch(/^chatcmpl-\w+$/);
  });

  it('is sent to Anthropic in its format, with the caller’s key in Anthropic’s header', async () => {
    await chat({ messages: [{ role: 'system', content: 'be brief' }, ...HELLO], temperature: 0.2, stop: ['END'] });
    const { headers, pathname } = pair.anthropic.requests[0]!;
    expect(pathname).toBe('/v1/messages');
    expect(headers).toMatchObject({ 'x-api-key': 'sk-ant-api03-caller', 'anthropic-version': '2023-06-01' });
    expect(headers.authorization).toBeUndefined();
    expect(askedFor()).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 128_000,
      system: 'be brief',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
      stop_sequences: ['END'],
    });
  });

  it('reports fields that the model does not support', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'opus', messages: HELLO, temperature: 0.2, seed: 7, tools: [WEATHER], tool_choice: 'required' })
      .withResponse();
    expect(response.headers.get('x-claude-proxy-dropped')).toBe('tool_choice, temperature, seed');
    expect(askedFor()).toMatchObject({ tool_choice: { type: 'auto' } });
  });

  it('is counted for its user, like any other request', async () => {
    pair.anthropic.script(answer({ usage: { input_tokens: 7, output_tokens: 3 } }));
    const { response } = await client.chat.completions.create({ model: 'opus', messages: HELLO }).withResponse();
    await response.body?.cancel().catch(() => undefined);
    expect(finished.all).toMatchObject([
      {
        id: response.headers.get('x-claude-proxy-exchange'),
        user: 'alice',
        path: '/v1/chat/completions',
        model: 'claude-opus-5-5',
        upstream: 'anthropic',
        outcome: 'completed',
        status: 200,
        usage: { input_tokens: 7, output_tokens: 3 },
      },
    ]);
  });

  it('sends Claude an image from a data URL and one from an address', async () => {
    const url = 'https://example.com/cat.png';
    const content = [
      { type: 'text' as const, text: 'what is it?' },
      { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${PIXEL}` } },
      { type: 'image_url' as const, image_url: { url } },
    ];
    await chat({ messages: [{ role: 'user', content }] });
    expect(askedFor().messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is it?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
          { type: 'image', source: { type: 'url', url } },
        ],
      },
    ]);
  });

  it('supports a response format', async () => {
    pair.anthropic.script(answer({ text: '{"city":"Bonn","size":3}' }));
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, size: { type: 'integer', minimum: 1 } },
      required: ['city', 'size'],
    };
    const completion = await client.chat.completions.parse({
      model: 'sonnet',
      messages: HELLO,
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
    });
    expect(JSON.parse(completion.choices[0]!.message.content!)).toEqual({ city: 'Bonn', size: 3 });
    expect(askedFor().output_config).toMatchObject({
      format: { type: 'json_schema', schema: { additionalProperties: false, required: ['city', 'size'] } },
    });
    expect(JSON.stringify(askedFor().output_config)).not.toContain('"minimum"');
  });
});

describe('a request', () => {
  const post = (path: string, body: Buffer | string, encoding?: string) =>
    fetch(pair.gateway.url + path, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-ant-api03-caller', ...(encoding ? { 'content-encoding': encoding } : {}) },
      body,
    });
  const body = JSON.stringify({ model: 'opus', messages: HELLO });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
    ['br', brotliCompressSync],
  ])('is read in %s', async (encoding, compress) => {
    expect((await post('/v1/chat/completions', compress(body), encoding)).status).toBe(200);
    expect(askedFor()).toMatchObject({ messages: [{ role: 'user' }] });
    expect(pair.anthropic.requests[0]!.headers['content-encoding']).toBeUndefined();
  });

  it.each([
    ['is not what it says', 'gzip', body, 400],
    ['has an unknown encoding', 'rot13', body, 400],
    ['is too large once decoded', 'gzip', gzipSync(Buffer.alloc(33 * 1024 * 1024, ' ')), 413],
  ])('whose body %s is refused in OpenAI’s format', async (_what, encoding, sent, status) => {
    const response = await post('/v1/chat/completions', sent, encoding);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it.each(['/v1/chat/completions/', '/user/alice/v1/chat/completions/', '/v1/v1/chat/completions/'])(
    'may have a path that ends with a slash: %s',
    async (path) => {
      expect((await post(path, body)).status).toBe(200);
    },
  );

  it('is answered with the limits of Anthropic under the names of OpenAI', async () => {
    const limits = { 'anthropic-ratelimit-requests-limit': '50', 'anthropic-ratelimit-requests-remaining': '49' };
    pair.anthropic.script(answer({ headers: limits }));
    const { headers } = await post('/v1/chat/completions', body);
    expect(headers.get('x-ratelimit-limit-requests')).toBe('50');
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('49');
  });
});

describe('a streamed chat', () => {
  it('contains the role, the text in pieces, the finish reason and the usage', async () => {
    const text = 'Grüße aus 東京 👩‍💻 — und zurück.';
    pair.anthropic.script(answer({ text, deltaLength: 3, splitEveryBytes: 7, usage: { output_tokens: 9 } }));
    const stream = await client.chat.completions.create({
      model: 'opus',
      messages: HELLO,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks[0]!.choices[0]!.delta).toMatchObject({ role: 'assistant', content: '' });
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(text);
    expect(chunks.length).toBeGreaterThan(8);
    expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 9 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(finished.all).toMatchObject([{ isStream: true, outcome: 'completed', usage: { output_tokens: 9 } }]);
  });

  it('arrives while Claude is still writing', async () => {
    pair.anthropic.script(silence({ text: 'one two three four', deltaLength: 4, afterEvents: 5 }));
    const stream = await client.chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (text.startsWith('one')) break;
    }
    expect(await pair.anthropic.requests[0]!.finished).toBe('closed_by_client');
  });

  it('closes the connection to Anthropic as soon as the caller aborts', async () => {
    pair.anthropic.script(big({ bytes: 50_000_000 }));
    const stream = await client.chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
    let count = 0;
    let leftAt = 0;
    for await (const _chunk of stream) {
      count += 1;
      if (count < 20) continue;
      leftAt = Date.now();
      stream.controller.abort();
    }
    const request = pair.anthropic.requests[0]!;
    expect(await request.finished).toBe('closed_by_client');
    expect(request.finishedAt! - leftAt).toBeLessThan(10_000);
    expect(request.bytesWritten).toBeLessThan(20_000_000);
    expect(finished.all).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('stops with a reader who has stopped reading', async () => {
    pair.anthropic.script(big({ bytes: 80_000_000 }));
    const response = await fetch(`${pair.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-ant-api03-caller' },
      body: JSON.stringify({ model: 'opus', messages: HELLO, stream: true }),
    });
    await response.body!.getReader().read();
    const request = pair.anthropic.requests[0]!;
    let bytesWritten = -1;
    for (let tries = 0; tries < 30 && bytesWritten !== request.bytesWritten; tries += 1) {
      bytesWritten = request.bytesWritten;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(request).toMatchObject({ bytesWritten, finishReason: undefined });
    expect(bytesWritten).toBeLessThan(40_000_000);
  });

  it.each([
    ['cut', cut({ text: 'half an answer, or less', deltaLength: 4 })],
    ['ended early', { ...cut({ text: 'half' }), fault: { kind: 'end_early' as const, afterEvents: 4 } }],
  ])('ends with an error that the client throws if it is %s', async (_name, behaviour) => {
    pair.anthropic.script(behaviour);
    const stream = await client.chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
    const reading = (async () => {
      for await (const _chunk of stream);
    })();
    await expect(reading).rejects.toMatchObject({
      type: 'server_error',
      message: expect.stringContaining('incomplete'),
    });
    expect(finished.all).toMatchObject([{ outcome: 'broken' }]);
  });

  it('relays an error that Anthropic reports in the middle', async () => {
    pair.anthropic.script({
      kind: 'answer',
      options: { text: 'half an answer' },
      fault: {
        kind: 'failure',
        afterEvents: 4,
        failure: { status: 529, name: 'overloaded_error', message: 'Overloaded' },
      },
    });
    const stream = await client.chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
    const reading = (async () => {
      for await (const _chunk of stream);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'overloaded', message: 'Overloaded' });
    expect(finished.all).toMatchObject([{ outcome: 'broken', errorMessage: 'error event: overloaded_error' }]);
  });
});

describe('a loop of tools', () => {
  it('runs two rounds, streamed', async () => {
    pair.anthropic.script(
      answer({
        text: 'Let me look.',
        toolUse: [
          { name: 'weather', input: { city: 'Bonn' } },
          { name: 'weather', input: {} },
        ],
      }),
      answer({ toolUse: { name: 'weather', input: { city: 'Köln' } } }),
      answer({ text: 'Rain everywhere.' }),
    );
    const runner = client.chat.completions.runTools({
      model: 'haiku',
      stream: true,
      messages: [{ role: 'user', content: 'weather?' }],
      tools: [
        {
          type: 'function',
          function: {
            ...WEATHER.function,
            parse: JSON.parse as (text: string) => { city?: string },
            function: ({ city }: { city?: string }) => `rain in ${city ?? 'general'}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Rain everywhere.');
    const last = askedFor(2).messages as { role: string; content: Record<string, unknown>[] }[];
    expect(last.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
    expect(last[1]!.content).toMatchObject([
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', name: 'weather', input: { city: 'Bonn' } },
      { type: 'tool_use', name: 'weather', input: {} },
    ]);
    expect(last[2]!.content).toMatchObject([
      { type: 'tool_result', tool_use_id: last[1]!.content[1]!.id, content: [{ text: 'rain in Bonn' }] },
      { type: 'tool_result', tool_use_id: last[1]!.content[2]!.id, content: [{ text: 'rain in general' }] },
    ]);
    expect(last[4]!.content).toMatchObject([{ type: 'tool_result', content: [{ text: 'rain in Köln' }] }]);
  });

  it('runs in one piece', async () => {
    pair.anthropic.setDefault(toolLoop({ name: 'weather', input: { city: 'Bonn' }, finalText: 'Rain.' }));
    const first = await chat({ tools: [WEATHER] });
    const [choice] = first.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    const call = choice!.message.tool_calls![0]!;
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'rain' };
    const second = await chat({ messages: [...HELLO, choice!.message, result], tools: [WEATHER] });
    expect(second.choices[0]!.message.content).toBe('Rain.');
  });
});

describe('a refusal has OpenAI’s format', () => {
  const failure = (members: Record<string, unknown>) =>
    chat(members as Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>).catch((error: unknown) => error);

  it('of an unknown model', async () => {
    const error = await failure({ model: 'gpt-4o' });
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model', requestID: expect.stringMatching(/^exc_/) });
    expect((error as Error).message).toContain('claude-sonnet-5-5');
    expect(pair.anthropic.requests).toHaveLength(0);
    expect(finished.all).toMatchObject([{ outcome: 'refused', status: 404 }]);
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [] }, 'messages'],
    [{ max_tokens: 'many' }, 'max_tokens'],
  ])('of %j', async (members, param) => {
    const error = await failure(members);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    [401, OpenAI.AuthenticationError, { code: 'invalid_api_key' }],
    [403, OpenAI.PermissionDeniedError, { code: 'permission_denied' }],
    [429, OpenAI.RateLimitError, { code: 'rate_limit_exceeded' }],
    [500, OpenAI.InternalServerError, { type: 'server_error' }],
    [529, OpenAI.InternalServerError, { status: 503, code: 'overloaded' }],
  ])('by Anthropic with %d', async (status, kind, fields) => {
    pair.anthropic.script(refuse(status, { message: 'because', headers: { 'retry-after': '17' } }));
    const error = (await failure({})) as InstanceType<typeof OpenAI.APIError>;
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject(fields);
    expect(error.message).toContain('because');
    expect(error.requestID).toMatch(/^req_/);
    expect(error.headers!.get('retry-after')).toBe('17');
  });

  it('of a prompt that is too long', async () => {
    pair.anthropic.script(refuse(400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }));
    expect(await failure({})).toMatchObject({ code: 'context_length_exceeded' });
  });

  it('of a caller without a credential', async () => {
    const withoutKey = new OpenAI({ baseURL: `${pair.gateway.url}/v1`, apiKey: 'any-key', maxRetries: 0 });
    const error = await withoutKey.chat.completions
      .create({ model: 'opus', messages: HELLO })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it.each([
    ['GET', '/v1/chat/completions', 405],
    ['GET', '/user/alice/v1/responses/resp_1', 404],
    ['POST', '/v1/embeddings', 404],
    ['POST', '/user/alice/v1/threads/thread_1/runs', 404],
    ['GET', '/v1/v1/assistants', 404],
    ['POST', '/user/al%20ice/v1/chat/completions', 400],
  ])('of %s %s', async (method, path, status) => {
    const response = await fetch(pair.gateway.url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-request-id')).toMatch(/^exc_/);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ message: expect.any(String), type: 'invalid_request_error', param: null });
    expect(error.code).toBe(status === 404 ? 'not_found' : null);
  });

  it('of an endpoint that Claude does not have, with the reason', async () => {
    const asked = client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' });
    await expect(asked).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('Claude has no embeddings'),
    });
  });

  it('of a body that is too large, before it has been sent', async () => {
    const response = await fetch(`${pair.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-ant-api03-caller' },
      body: Buffer.alloc(33 * 1024 * 1024, ' '),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: 'request_too_large' } });
  });
});
