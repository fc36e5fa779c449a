import { answer, errorInside200, exceptionMidStream, internal, rateLimited, raw } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { EndedExchanges } from '../support/ended-exchanges.js';
import { eventually } from '../support/recorded.js';
import { type Stage, startStage } from '../support/start-stage.js';

const HELLO = [{ role: 'user' as const, content: 'hello' }];
const WEATHER = { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } };

let stage: Stage;
let userCount = 0;
let finished: EndedExchanges;

beforeAll(async () => {
  stage = await startStage({ ADMIN_TOKEN: 'let-me-in' });
  finished = new EndedExchanges(stage.gateway);
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
  finished.clear();
});
afterAll(() => stage.close());

/** An exchange ends shortly after its client has read the last byte. */
const finishedAll = (count: number) =>
  eventually(
    async () => finished.all,
    ({ length }) => length >= count,
  );

/** Each test has its own user, so that no limits remain from other tests. */
const newClient = () => {
  userCount += 1;
  const baseURL = `${stage.gateway.url}/user/user-${userCount}/v1`;
  return new OpenAI({ baseURL, apiKey: 'sk-ant-api03-caller', maxRetries: 0 });
};

describe('while Anthropic returns 429', () => {
  it('a chat is answered from Bedrock, and the next one at once', async () => {
    const client = newClient();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const { data, response } = await client.chat.completions
      .create({ model: 'opus', messages: HELLO, user: 'alice@example.com', service_tier: 'default' })
      .withResponse();
    expect(data).toMatchObject({
      model: 'claude-opus-5-5',
      choices: [{ message: { content: 'Hello from Bedrock.' } }],
    });
    expect(response.headers.get('x-claude-proxy-upstream')).toBe('bedrock');
    expect(response.headers.get('x-claude-proxy-fallback')).toBe('rate_limited');
    await client.chat.completions.create({ model: 'opus', messages: HELLO });
    expect(stage.anthropic.requests).toHaveLength(1);
    expect(await finishedAll(2)).toMatchObject([
      { upstream: 'bedrock', fallbackReason: 'rate_limited' },
      { upstream: 'bedrock', fallbackReason: 'limit_remembered' },
    ]);
    expect(finished.all.every(({ usage }) => usage!.output_tokens! > 0)).toBe(true);
  });

  it('a streamed chat with tools and a system message continues in Bedrock', async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(answer({ toolUse: { name: 'weather', input: { city: 'Bonn' } } }), answer({ text: 'Rain.' }));
    const runner = newClient().chat.completions.runTools({
      model: 'haiku',
      stream: true,
      messages: [{ role: 'system', content: 'be brief' }, ...HELLO],
      tools: [
        {
          type: 'function',
          function: { ...WEATHER.function, description: 'Weather.', parse: JSON.parse, function: () => 'rain' },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Rain.');
    expect(stage.bedrock.requests).toHaveLength(2);
  });

  it('a response is answered from Bedrock', async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    const response = await newClient().responses.create({ model: 'sonnet', input: 'hello' });
    expect(response.output_text).toBe('Hello from Bedrock.');
  });

  it('an image at an address, which Bedrock cannot fetch, is refused with the 429', async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    const image = { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } };
    const asked = newClient().chat.completions.create({
      model: 'opus',
      messages: [{ role: 'user', content: [image] }],
    });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });

  it('a stream that breaks in Bedrock ends with an error', async () => {
    stage.anthropic.setDefault(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(exceptionMidStream('ThrottlingException', 'Too many tokens'));
    const stream = await newClient().chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
    const reading = (async () => {
      for await (const _chunk of stream);
    })();
    await expect(reading).rejects.toBeInstanceOf(OpenAI.APIError);
    expect(await finishedAll(1)).toMatchObject([{ outcome: 'broken' }]);
  });
});

it('a stream that is refused before the start of its message is recorded as refused', async () => {
  stage.anthropic.script(errorInside200('overloaded_error'));
  stage.bedrock.setDefault(internal());
  const stream = await newClient().chat.completions.create({ model: 'opus', messages: HELLO, stream: true });
  const reading = (async () => {
    for await (const _chunk of stream);
  })();
  await expect(reading).rejects.toBeInstanceOf(OpenAI.APIError);
  expect(await finishedAll(1)).toMatchObject([
    { outcome: 'refused', status: 200, errorMessage: 'error event: overloaded_error' },
  ]);
});

it.each([
  ['is not gzip', 'gzip', Buffer.from('not compressed at all')],
  ['has an unknown coding', 'rot13', Buffer.from('{}')],
])('an answer that %s is reported as an error of the upstream', async (_name, encoding, body) => {
  stage.anthropic.script(
    raw({ status: 200, headers: { 'content-type': 'application/json', 'content-encoding': encoding }, body }),
  );
  const asked = newClient().chat.completions.create({ model: 'opus', messages: HELLO });
  await expect(asked).rejects.toMatchObject({ status: 502, message: expect.stringContaining('cannot be decoded') });
  expect(await finishedAll(1)).toMatchObject([{ status: 502 }]);
});

describe('a drill', () => {
  it('works for a chat with the admin token', async () => {
    const headers = { 'x-claude-proxy-drill': 'rate-limit', 'x-admin-token': 'let-me-in' };
    const { response } = await newClient()
      .chat.completions.create({ model: 'opus', messages: HELLO }, { headers })
      .withResponse();
    expect(response.headers.get('x-claude-proxy-fallback')).toBe('drill');
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('is refused to other callers, in OpenAI’s format', async () => {
    const headers = { 'x-claude-proxy-drill': 'rate-limit' };
    const asked = newClient().chat.completions.create({ model: 'opus', messages: HELLO }, { headers });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  });
});
