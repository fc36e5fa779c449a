import { gzipSync } from 'node:zlib';
import {
  answer,
  type Behaviour,
  cut,
  errorAfter,
  exceptionMidStream,
  rateLimited,
  raw,
  refuse,
  resetBeforeHeaders,
  silence,
  validation,
} from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SECRETS, WatchedGateway } from './watched-gateway.js';

const KEY = { 'x-api-key': SECRETS.callerKey };
const COMMON = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', cookie: SECRETS.cookie };
const INSIDE = { text: `${SECRETS.answer} and more of it` };
const IMAGE = Buffer.from(`\x89PNG ${SECRETS.image}`).toString('base64');
const CALL = { type: 'tool_use', id: 'toolu_1', name: 'look', input: { what: SECRETS.toolInput } };
const PLAIN = {
  model: 'claude-opus-5-5',
  max_tokens: 64,
  system: SECRETS.prompt,
  messages: [{ role: 'user', content: SECRETS.prompt }],
  metadata: { user_id: SECRETS.prompt },
};
const RICH = {
  ...PLAIN,
  tools: [{ name: 'look', description: SECRETS.prompt, input_schema: { type: 'object', properties: {} } }],
  messages: [
    { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE } }] },
    { role: 'assistant', content: [CALL] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: SECRETS.toolResult }] },
  ],
};
const TOOL_ANSWER = answer({ ...INSIDE, toolUse: { name: 'look', input: { what: SECRETS.toolInput } } });

let watched: WatchedGateway;
let users = 0;
/** A new user per request, so that limits of other requests do not apply. */
const userPath = (path: string) => `/user/user-${users++}${path}`;
beforeAll(async () => {
  watched = await WatchedGateway.started();
}, 60_000);
beforeEach(() => {
  watched.anthropic.reset();
  watched.bedrock.reset();
  watched.anthropic.setDefault(answer(INSIDE));
  watched.bedrock.setDefault(answer(INSIDE));
});
afterAll(() => watched.close());

const post = (path: string, body: unknown, headers: Record<string, string> = KEY, signal?: AbortSignal) =>
  watched.ask(path, {
    method: 'POST',
    headers: { ...COMMON, ...headers },
    body:
      body instanceof Uint8Array || typeof body === 'string'
        ? (body as NonNullable<RequestInit['body']>)
        : JSON.stringify(body),
    signal: signal ?? null,
  });
const postMessage = (body: unknown = PLAIN, headers: Record<string, string> = KEY, signal?: AbortSignal) =>
  post(userPath(`/v1/messages?beta=${SECRETS.query}`), body, headers, signal);
/** Adds an answer between failures, so that the breaker stays closed and Anthropic gets every request. */
const scripted = async (...behaviours: readonly Behaviour[]) => {
  watched.anthropic.reset();
  watched.anthropic.setDefault(answer(INSIDE));
  await postMessage();
  watched.anthropic.script(...behaviours);
};
const lastBodyAtAnthropic = () => String(watched.anthropic.requests.at(-1)!.body);

describe('played', () => {
  const credentials: readonly Record<string, string>[] = [
    KEY,
    { authorization: `Bearer ${SECRETS.callerToken}` },
    {}, // uses the operator's key
  ];
  const stories: readonly (readonly [string, readonly Behaviour[]])[] = [
    ['an answer', [answer(INSIDE)]],
    ['a refusal', [refuse(401)]],
    ['an overload', [refuse(529)]],
    ['an error in mid-stream', [errorAfter(4, 'overloaded_error')]],
    ['a cut', [cut(INSIDE)]],
    ['a silence, and the client leaves', [silence({ ...INSIDE, afterEvents: 3 })]],
    ['lost connections', [resetBeforeHeaders(), resetBeforeHeaders()]],
    ['a limit', [rateLimited({ retryAfterSeconds: 60 })]],
  ];
  it.each(stories)('%s, under each credential', async (name, behaviours) => {
    const patienceMs = name.includes('silence') ? 1_000 : 15_000;
    for (const headers of credentials) {
      for (const stream of [true, false]) {
        await scripted(...behaviours);
        // Broken answers are expected here.
        await postMessage({ ...PLAIN, stream }, headers, AbortSignal.timeout(patienceMs)).catch(() => {});
      }
    }
    // A limit of the operator's key is remembered for all users, so that Anthropic then gets the first request only.
    expect(watched.anthropic.requests.length).toBeGreaterThan(0);
  });

  it.each([true, false])('images, tool calls and tool results (streamed: %s)', async (stream) => {
    watched.anthropic.script(TOOL_ANSWER);
    expect((await postMessage({ ...RICH, stream })).text).toContain(stream ? 'input_json_delta' : SECRETS.toolInput);
    expect(lastBodyAtAnthropic()).toContain(IMAGE);
    watched.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    watched.bedrock.script(TOOL_ANSWER);
    expect((await postMessage({ ...RICH, stream })).status).toBe(200);
    expect(String(watched.bedrock.requests.at(-1)!.body)).toContain(SECRETS.toolResult);
  });

  it.each([true, false])('compressed bodies, both ways (streamed: %s)', async (stream) => {
    const headers = { ...KEY, 'content-encoding': 'gzip', 'accept-encoding': 'gzip' };
    const body = gzipSync(JSON.stringify({ ...RICH, stream }));
    for (const behaviour of [
      answer({ ...INSIDE, encoding: 'gzip' }),
      cut({ ...INSIDE, encoding: 'gzip' }),
      rateLimited({ retryAfterSeconds: 60 }),
    ]) {
      await scripted(behaviour);
      await postMessage(body, headers).catch(() => {});
    }
    expect(watched.anthropic.requests.at(-1)!.headers['content-encoding']).toBe('gzip');
  });
});

describe('played on other endpoints:', () => {
  const chatParts = [
    { type: 'text', text: SECRETS.prompt },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } },
  ];
  const functionCall = { name: 'look', arguments: JSON.stringify({ what: SECRETS.toolInput }) };
  const chat = {
    model: 'opus',
    user: SECRETS.prompt,
    messages: [
      { role: 'system', content: SECRETS.prompt },
      { role: 'user', content: chatParts },
      { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: functionCall }] },
      { role: 'tool', tool_call_id: 'call_1', content: SECRETS.toolResult },
    ],
    tools: [
      { type: 'function', function: { name: 'look', description: SECRETS.prompt, parameters: { type: 'object' } } },
    ],
  };
  const responses = {
    model: 'opus',
    instructions: SECRETS.prompt,
    input: [
      { role: 'user', content: [{ type: 'input_text', text: SECRETS.prompt }] },
      { type: 'function_call', call_id: 'call_1', ...functionCall },
      { type: 'function_call_output', call_id: 'call_1', output: SECRETS.toolResult },
    ],
    tools: [{ type: 'function', name: 'look', strict: false, parameters: { type: 'object' } }],
  };
  it.each([
    ['/v1/chat/completions', chat],
    ['/v1/responses', responses],
  ])('OpenAI at %s, valid and invalid', async (path, members) => {
    const headers = { authorization: `Bearer ${SECRETS.callerKey}` };
    const ask = (body: unknown) => post(userPath(`${path}?key=${SECRETS.query}`), body, headers).catch(() => {});
    for (const stream of [true, false]) {
      const body = { ...members, stream };
      expect(await ask(body)).toMatchObject({ status: 200 });
      expect(lastBodyAtAnthropic()).toContain(SECRETS.toolResult);
      for (const behaviour of [
        rateLimited({ retryAfterSeconds: 60 }),
        cut(INSIDE),
        refuse(400, echoed(SECRETS.prompt)),
      ]) {
        await scripted(behaviour);
        await ask(body);
      }
    }
    expect(await ask({ ...members, temperature: SECRETS.prompt })).toMatchObject({ status: 400 });
    for (const broken of [`{"model":"opus", ${SECRETS.prompt}`, SECRETS.prompt, `"${SECRETS.prompt}"`]) {
      expect(await ask(broken)).toMatchObject({ status: 400 });
    }
  });

  it('token counts, batches and files', async () => {
    const batch = { requests: [{ custom_id: 'one', params: PLAIN }] };
    await post(userPath('/v1/messages/count_tokens'), RICH);
    const { text } = await post(userPath(`/v1/messages/batches?key=${SECRETS.query}`), batch);
    const id = JSON.parse(text).id as string;
    expect((await watched.ask(`/v1/messages/batches/${id}/results`, { headers: { ...COMMON, ...KEY } })).status).toBe(
      200,
    );
    const form = new FormData();
    form.set('file', new Blob([SECRETS.file]), 'notes.txt');
    const upload = { method: 'POST', headers: KEY, body: form };
    expect((await watched.ask(userPath('/v1/files'), upload)).status).toBe(200);
    expect((await watched.ask('/v1/files/file_01?token=query-Zq89', { headers: KEY })).status).toBe(200);
  });

  it('keys in queries, in unusual headers and in wrong places', async () => {
    const odd = {
      'proxy-authorization': `Basic ${Buffer.from(`user:${SECRETS.oddHeader}`).toString('base64')}`,
      cookie: `session=${SECRETS.cookie}; key=${SECRETS.callerKey}`,
      'x-goog-api-key': SECRETS.oddHeader,
      'api-key': SECRETS.oddHeader,
      'user-agent': `tool/1.0 ${SECRETS.oddHeader}`,
      referer: `https://example.com/?key=${SECRETS.oddHeader}`,
    };
    await postMessage(PLAIN, { ...KEY, ...odd });
    await post(`/v1/messages?x-api-key=${SECRETS.callerKey}&token=${SECRETS.query}`, PLAIN, odd);
    for (const path of ['/nowhere', '/v1/embeddings', '/v1/organizations/x', '/v1/models/unknown']) {
      await watched.ask(`${path}?key=${SECRETS.query}`, { headers: { ...KEY, ...odd } });
    }
    await watched.ask(`/v1/messages?key=${SECRETS.query}`, { method: 'PUT', headers: KEY });
  });
});

describe('played with refusals:', () => {
  it('broken bodies', async () => {
    for (const body of [
      `{"model": "${SECRETS.prompt}`,
      `{"model":"m","messages":[${SECRETS.prompt}]}`,
      SECRETS.prompt,
    ]) {
      expect((await post(`/v1/messages?token=${SECRETS.query}`, body)).status).toBe(400);
    }
    const wrong = { ...KEY, 'content-encoding': 'gzip' };
    expect((await post('/v1/messages', SECRETS.prompt, wrong)).status).toBe(400);
    const odd = { model: 'm', max_tokens: SECRETS.prompt, messages: SECRETS.prompt, stream: SECRETS.prompt };
    expect((await post('/v1/messages', odd)).status).toBe(400);
  });

  it('refusals of Anthropic that quote the credential and the prompt', async () => {
    const quoting = `messages.0.content.0: ${SECRETS.prompt} for ${SECRETS.callerKey}, Bearer ${SECRETS.callerToken}`;
    for (const status of [400, 401, 403, 404, 413, 500]) {
      for (const stream of [true, false]) {
        await scripted(refuse(status, { message: quoting, errorCode: 'some_code' }));
        const { text } = await postMessage({ ...PLAIN, stream });
        // The caller gets the message.
        expect(text).toContain(SECRETS.prompt);
        expect(text).toContain(SECRETS.callerKey);
      }
    }
    watched.anthropic.script(errorAfter(0, 'invalid_request_error', { message: quoting }));
    await postMessage({ ...PLAIN, stream: true });
    watched.anthropic.script(errorAfter(4, 'invalid_request_error', { message: quoting }));
    expect((await postMessage({ ...PLAIN, stream: true })).text).toContain(SECRETS.prompt);
  });

  it('refusals of Bedrock that quote the prompt and its own credentials', async () => {
    const quoting = `messages.0.content.0: "${SECRETS.prompt}" is not valid, ${SECRETS.awsKeyId}`;
    const signed = `The request signature does not match: x-amz-security-token:${SECRETS.awsSecret} ${SECRETS.awsKeyId}`;
    const exception = (status: number, name: string, message: string) =>
      raw({
        status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
        body: JSON.stringify({ message }),
      });
    const behaviours = [
      validation(quoting),
      exception(424, 'ModelErrorException', `Bearer ${SECRETS.callerToken} ${SECRETS.callerKey}`),
      exception(403, 'SignatureDoesNotMatch', signed),
      exception(429, 'ThrottlingException', `Too many tokens per day for ${SECRETS.callerKey}`),
      exceptionMidStream('ValidationException', quoting),
    ];
    for (const behaviour of behaviours) {
      for (const stream of [true, false]) {
        watched.bedrock.setDefault(behaviour);
        await scripted(rateLimited({ retryAfterSeconds: 60 }));
        await postMessage({ ...PLAIN, stream });
        // Without an answer of Anthropic, the client gets the reasons of all upstreams.
        await scripted(resetBeforeHeaders(), resetBeforeHeaders());
        await postMessage({ ...PLAIN, stream });
      }
    }
    expect(watched.bedrock.requests.length).toBeGreaterThanOrEqual(4 * behaviours.length);
  });

  it('wrong admin tokens and drills', async () => {
    for (const header of ['x-admin-token', 'authorization']) {
      const value = header === 'authorization' ? `Bearer ${SECRETS.wrongToken}` : SECRETS.wrongToken;
      expect((await watched.ask('/debug/env', { headers: { [header]: value } })).status).toBe(401);
    }
    const session = { method: 'POST', headers: COMMON, body: JSON.stringify({ token: SECRETS.wrongToken }) };
    expect((await watched.ask('/api/session', session)).status).toBe(401);
    const drill = (word: string, token: string) =>
      postMessage(PLAIN, { ...KEY, 'x-claude-proxy-drill': word, 'x-admin-token': token });
    expect((await drill('rate-limit', SECRETS.adminToken)).status).toBe(200);
    expect((await drill(SECRETS.drill, SECRETS.adminToken)).status).toBe(400);
    expect((await drill(SECRETS.adminToken, SECRETS.adminToken)).status).toBe(400);
    expect((await drill('rate-limit', SECRETS.wrongToken)).status).toBe(403);
  });
});

it('no key, token, prompt or answer is in logs, files, metrics, errors or admin answers', async () => {
  expect(await watched.askEverything()).toBeGreaterThan(100);
  const { found, places } = await watched.searched();
  expect(found).toEqual([]);
  // Proves that the search works: it finds public values.
  expect(places.output).toContain('user-0');
  expect(places['admin answers']).toContain(
    'AWS Bedrock refused the request: invalid_request_error at messages.0.content.0',
  );
  const files = Object.entries(places).filter(([place]) => !place.includes('answers') && place !== 'output');
  expect(files.map(([, text]) => text).join('')).toContain('claude-opus-5-5');
}, 60_000);

function echoed(words: string): { message: string } {
  return { message: `messages.0.content: ${words}` };
}
