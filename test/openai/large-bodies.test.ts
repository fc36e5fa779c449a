import { type AnthropicSimulator, answer, rateLimited, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

const MIB = 1024 * 1024;
const PATHS = ['/v1/chat/completions', '/v1/responses'] as const;

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator({ isStrict: false });
  gateway = await BuiltGateway.started({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    OPENAI_MODEL_ALIASES: '{"gpt-4o":"sonnet"}',
    THROTTLE_LIMIT: '0',
  });
}, 120_000);
beforeEach(() => anthropic.reset());
afterAll(async () => {
  await gateway.stop();
  await anthropic.close();
});

const said = (path: string, content: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  model: 'gpt-4o',
  [path === PATHS[0] ? 'messages' : 'input']: [{ role: 'user', content }],
  ...more,
});
const post = (path: string, body: unknown) =>
  fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-ant-api03-caller' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
type Refusal = { error: { message: string; param: string | null; code: string } };

describe.each(PATHS)('a large body of %s', (path) => {
  it.each([1, 8, 30])('of %i MiB is translated, byte for byte', async (mib) => {
    const text = `${'é\n"'.repeat((mib * MIB) / 8)}end`;
    const response = await post(path, said(path, text, { max_tokens: 5, max_output_tokens: 5 }));
    expect(response.status).toBe(200);
    const { model, messages } = (await anthropic.requestAt(0)).json as { model: string; messages: unknown };
    expect(model).toBe('claude-sonnet-5-5');
    const [sent] = messages as [{ role: string; content: [{ text: string }] }];
    expect(sent.role).toBe('user');
    expect(sent.content[0].text === text).toBe(true);
  });

  it('is streamed', async () => {
    const response = await post(path, said(path, 'x'.repeat(2 * MIB), { stream: true }));
    expect(response.headers.get('content-type')).toMatch(/event-stream/);
    expect(await response.text()).toMatch(/\[DONE\]|response\.completed/);
  });

  it.each<[name: string, body: (hello: object) => string, message: RegExp]>([
    [
      'a fault at its end',
      (hello) => JSON.stringify({ ...hello, temperature: 'hot' }),
      /temperature: .*expected number/,
    ],
    ['an unknown model', (hello) => JSON.stringify({ ...hello, model: 'x' }), /The model "x" is not known here/],
    [
      'half of it missing',
      (hello) => JSON.stringify(hello).slice(0, -2),
      /The body is not a JSON object: invalid JSON/,
    ],
    [
      'too many values',
      (hello) => JSON.stringify({ ...hello, metadata: { a: Array(500_000).fill(0) } }),
      /The body is too complex: the JSON holds \d+ values; at most 100000/,
    ],
  ])('with %s is refused like a small one', async (_name, body, message) => {
    const small = (await (await post(path, body(said(path, 'x')))).json()) as Refusal;
    const response = await post(path, body(said(path, 'x'.repeat(2 * MIB))));
    const refusal = (await response.json()) as Refusal;
    expect([400, 404]).toContain(response.status);
    expect(refusal.error.message).toMatch(message);
    expect(withoutPlace(refusal)).toEqual(withoutPlace(small));
    expect(anthropic.requests).toHaveLength(0);
  });

  it('does not block the event loop while many are translated', async () => {
    const escapes = `${'\n'.repeat(6 * MIB)}end`;
    const posted = Array.from({ length: 4 }, () => post(path, said(path, escapes)));
    const all = Promise.all(posted.map(async (response) => (await response).status));
    let isOver = false;
    void all.finally(() => {
      isOver = true;
    });
    let answered = 0;
    while (!isOver) {
      expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
      answered += 1;
    }
    expect(await all).toEqual([200, 200, 200, 200]);
    expect(answered).toBeGreaterThan(5);
  });
});

it('an answer repeats short instructions, but not long ones', async () => {
  const repeated = async (instructions: string) => {
    const response = await post('/v1/responses', { model: 'opus', input: 'hello', instructions });
    return ((await response.json()) as { instructions: unknown }).instructions;
  };
  expect(await repeated('Be brief.')).toBe('Be brief.');
  expect(await repeated('x'.repeat(2 * MIB))).toBeNull();
});

it('Anthropic’s refusal is the same for a large body as for a small one', async () => {
  anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
  const response = await post(PATHS[0], said(PATHS[0], 'x'.repeat(2 * MIB)));
  expect(response.status).toBe(429);
  anthropic.setDefault(answer());
});

function withoutPlace({ error }: Refusal): object {
  return { ...error, message: error.message.replace(/\d+/g, 'n') };
}
