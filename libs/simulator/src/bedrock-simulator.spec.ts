import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  accessDenied,
  answer,
  type BedrockSimulator,
  type Behaviour,
  cut,
  endEarly,
  exceptionMidStream,
  flippedBit,
  garbage,
  internal,
  modelError,
  modelNotReady,
  modelTimeout,
  notFound,
  quotaExceeded,
  resetBeforeHeaders,
  silence,
  startBedrockSimulator,
  throttled,
  unavailable,
  validation,
} from './index.js';

const MODEL_ID = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const BODY = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

interface BedrockEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

let simulator: BedrockSimulator;
let client: BedrockRuntimeClient;

beforeAll(async () => {
  simulator = await startBedrockSimulator();
  client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: simulator.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: new NodeHttpHandler(),
    authSchemePreference: ['sigv4'],
    maxAttempts: 1,
  });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  client.destroy();
  await simulator.close();
});

async function invoke(body: unknown = BODY, modelId = MODEL_ID) {
  const output = await client.send(new InvokeModelCommand({ modelId, body: JSON.stringify(body) }));
  return JSON.parse(output.body.transformToString());
}

async function stream(seen: BedrockEvent[] = [], abortSignal?: AbortSignal): Promise<BedrockEvent[]> {
  const command = new InvokeModelWithResponseStreamCommand({ modelId: MODEL_ID, body: JSON.stringify(BODY) });
  const output = await client.send(command, abortSignal ? { abortSignal } : {});
  for await (const { chunk } of output.body ?? [])
    seen.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString('utf8')));
  return seen;
}

describe('the simulated Bedrock with the AWS SDK', () => {
  it('names itself, with its own name of the model', async () => {
    const message = await invoke();
    expect(message.content).toEqual([{ type: 'text', text: 'Hello from Bedrock.' }]);
    expect(message.model).toBe('claude-sonnet-4-5-20250929');
    expect(message.id).toMatch(/^msg_bdrk_/);
    expect(simulator.requests[0]?.model).toBe(MODEL_ID);
    expect(simulator.requests[0]?.json).toEqual(BODY);
    expect(simulator.requests[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
  });

  it.each([{}, { splitEveryBytes: 7 }, { chunkDelayMs: 0 }])(
    'streams events without pings and with metrics (%j)',
    async (delivery) => {
      simulator.script(answer({ text: 'Grüße 👋', usage: { input_tokens: 11, output_tokens: 22 }, ...delivery }));
      const events = await stream();
      expect(events.map((event) => event.type)).not.toContain('ping');
      expect(events.map((event) => (event.delta as { text?: string })?.text ?? '').join('')).toBe('Grüße 👋');
      expect(events.at(-1)).toMatchObject({
        type: 'message_stop',
        'amazon-bedrock-invocationMetrics': { inputTokenCount: 11, outputTokenCount: 22, cacheReadInputTokenCount: 0 },
      });
    },
  );

  it.each<[Behaviour, string, number]>([
    [throttled(), 'ThrottlingException', 429],
    [validation('bad'), 'ValidationException', 400],
    [accessDenied(), 'AccessDeniedException', 403],
    [notFound(), 'ResourceNotFoundException', 404],
    [modelNotReady(), 'ModelNotReadyException', 429],
    [quotaExceeded(), 'ServiceQuotaExceededException', 400],
    [modelTimeout(), 'ModelTimeoutException', 408],
    [modelError({ originalStatusCode: 529 }), 'ModelErrorException', 424],
    [internal(), 'InternalServerException', 500],
    [unavailable(), 'ServiceUnavailableException', 503],
  ])('refuses so that the SDK throws the right error class (%#)', async (behaviour, name, httpStatusCode) => {
    simulator.script(behaviour, behaviour);
    await expect(invoke()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    await expect(stream()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it('gives a model error its original status', async () => {
    simulator.script(modelError({ originalStatusCode: 529, resourceName: 'r' }));
    await expect(invoke()).rejects.toMatchObject({ originalStatusCode: 529, resourceName: 'r' });
  });

  it('throws an exception frame from the middle of a stream', async () => {
    const fields = { originalStatusCode: 500, originalMessage: 'boom' };
    simulator.script(exceptionMidStream('ModelStreamErrorException', 'failed', { afterEvents: 2, fields }));
    const seen: BedrockEvent[] = [];
    await expect(stream(seen)).rejects.toMatchObject({ name: 'ModelStreamErrorException', ...fields });
    expect(seen).toHaveLength(2);
  });

  it('ends early without an error; only message_stop is missing', async () => {
    simulator.script(endEarly());
    expect((await stream()).map((event) => event.type)).not.toContain('message_stop');
  });

  it.each([
    cut(),
    cut({ afterBytes: 100 }),
    cut({ insideCharacter: true }),
    flippedBit(),
    garbage(),
    resetBeforeHeaders(),
  ])('breaks a stream so that the SDK throws (%#)', async (behaviour) => {
    simulator.script(behaviour);
    await expect(stream()).rejects.toThrow();
  });

  it('detects a client that leaves', async () => {
    simulator.script(silence({ afterEvents: 1 }));
    const leaving = new AbortController();
    const reading = stream([], leaving.signal);
    const recorded = await simulator.requestAt(0);
    setTimeout(() => leaving.abort(), 30);
    await expect(reading).rejects.toThrow();
    expect(await recorded.finished).toBe('closed_by_client');
  });
});

describe('the simulated Bedrock is as strict as the real one', () => {
  it.each<[unknown, string]>([
    [{ ...BODY, model: 'x' }, 'extraneous key [model] is not permitted'],
    [{ ...BODY, stream: true }, 'extraneous key [stream] is not permitted'],
    [{ ...BODY, anthropic_version: undefined }, 'required key [anthropic_version] not found'],
    [{ ...BODY, anthropic_version: '2026-10-21' }, 'Invalid API version'],
    [{ ...BODY, service_tier: 'auto' }, 'service_tier: Extra inputs are not permitted'],
    [{ ...BODY, anthropic_beta: ['claude-code-20250219'] }, 'invalid beta flag'],
    [{ ...BODY, metadata: { user_id: '{"device":1}' } }, 'violates the regular expression'],
    [
      { ...BODY, tools: [{ name: 'a', eager_input_streaming: true }] },
      'tools.0.custom.eager_input_streaming: Extra inputs',
    ],
    [
      { ...BODY, system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }] },
      'scope: Extra inputs',
    ],
  ])('refuses a body (%#)', async (body, message) => {
    await expect(invoke(body)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['anthropic.claude-sonnet-5-5', 'inference profile'],
    ['claude-sonnet-5-5', 'model identifier is invalid'],
  ])('refuses the model id %s', async (modelId, message) => {
    await expect(invoke(BODY, modelId)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });

  it.each([
    'global.anthropic.claude-opus-5-5',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
  ])('accepts the model id %s', async (modelId) => {
    await expect(invoke(BODY, modelId)).resolves.toMatchObject({ type: 'message' });
    expect(simulator.requests[0]?.model).toBe(modelId);
  });

  it('accepts the new API version on newer models and a plain user id', async () => {
    const body = { ...BODY, anthropic_version: '2026-10-21', metadata: { user_id: 'a_b.c@d e-1' } };
    await expect(invoke(body, 'us.anthropic.claude-opus-4-8')).resolves.toMatchObject({ type: 'message' });
  });

  it('refuses an unsigned request', async () => {
    const url = `${simulator.url}/model/${encodeURIComponent(MODEL_ID)}/invoke`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(BODY) });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
  });
});
