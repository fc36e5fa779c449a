import { getEventListeners, once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { ClaudeModels } from '@claude-proxy/claude-models';
import {
  accessDenied,
  answer,
  BEDROCK_BETAS,
  type BedrockSimulator,
  type Behaviour,
  big,
  cut,
  endEarly,
  exceptionMidStream,
  flippedBit,
  garbage,
  html,
  internal,
  modelError,
  modelNotReady,
  modelTimeout,
  notFound,
  quotaExceeded,
  raw,
  resetBeforeHeaders,
  silence,
  startBedrockSimulator,
  throttled,
  unavailable,
  validation,
} from '@claude-proxy/simulator';
import {
  chunksOfBody,
  headerOf,
  readBody,
  type UpstreamAnswer,
  type UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { awsSection } from '../../apps/proxy/src/config/aws.config.js';
import { type BedrockConfig, bedrockSection } from '../../apps/proxy/src/upstreams/bedrock/bedrock.config.js';
import { BedrockModule } from '../../apps/proxy/src/upstreams/bedrock/bedrock.module.js';
import { BedrockUpstream } from '../../apps/proxy/src/upstreams/bedrock/bedrock.upstream.js';
import { BEDROCK_CREDENTIALS, BedrockRuntime } from '../../apps/proxy/src/upstreams/bedrock/bedrock-runtime.js';

type Body = Record<string, unknown>;

/** A request in the gateway's format for upstreams. */
function requestOf(changes: Body = {}, headers: string[] = []): UpstreamRequest {
  const messages = [{ role: 'user', content: 'hi' }];
  const json = { model: 'claude-opus-5-5', max_tokens: 100, messages, ...changes };
  return {
    operation: 'messages',
    path: '/v1/messages',
    headers: ['content-type', 'application/json', ...headers],
    body: Buffer.from(JSON.stringify(json)),
    model: json.model,
    isStream: (changes.stream as boolean) ?? false,
    user: 'alice',
    json: () => deepFrozen(json),
  };
}

/** Recorded from Claude Code 2.1.329, shortened. */
const CLAUDE_CODE_BETAS =
  'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,per-turn-control-2026-07-01,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24,thinking-display-updates-2026-08-18';

const CLAUDE_CODE_BODY: Body = {
  model: 'claude-opus-5-5',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Say hi' }] },
    {
      role: 'system',
      content: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }],
      output_config: { effort: 'medium' },
    },
  ],
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.b0c; cc_entrypoint=sdk-cli;' },
    { type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'Prompt', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } },
  ],
  tools: [
    { name: 'Bash', description: 'Runs', input_schema: { type: 'object' }, eager_input_streaming: true, strict: true },
    { name: 'DeferredToolPlaceholder', description: '', input_schema: { type: 'object' }, defer_loading: true },
  ],
  metadata: { user_id: '{"device_id":"ab","account_uuid":"","session_id":"cd"}' },
  max_tokens: 128_000,
  thinking: { type: 'adaptive', display: 'updates' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'medium' },
  stream: true,
};

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}

const LIMIT_BYTES = 50_000_000;
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
/** In no published list, but in what Claude Code sends to Bedrock itself. */
/** Simulates that Bedrock no longer accepts one of Claude Code's betas. */
const FEWER_BETAS = BEDROCK_BETAS.filter((beta) => beta !== 'thinking-token-count-2026-05-13');

let simulator: BedrockSimulator;
let runtime: BedrockRuntime;
let upstream: BedrockUpstream;

beforeAll(async () => {
  simulator = await startBedrockSimulator();
});
beforeEach(() => {
  simulator.reset();
  start();
});
afterEach(() => runtime.onModuleDestroy());
afterAll(() => simulator.close());

function start(config: Partial<BedrockConfig> = {}): void {
  const whole = { region: 'us-east-1', profile: 'auto', modelMap: {}, endpoint: simulator.url, ...config } as const;
  runtime = new BedrockRuntime(whole, CREDENTIALS);
  upstream = new BedrockUpstream(whole, runtime, new ClaudeModels());
}

function send(body: Body = {}, headers: string[] = [], signal = new AbortController().signal): Promise<UpstreamAnswer> {
  return upstream.send(requestOf(body, headers), { signal, credential: undefined });
}

async function textOf(answered: UpstreamAnswer): Promise<string> {
  return (await readBody(answered.body, LIMIT_BYTES)).toString();
}

async function eventsOf(answered: UpstreamAnswer): Promise<Record<string, unknown>[]> {
  const frames = (await textOf(answered)).split('\n\n');
  expect(frames.pop()).toBe('');
  return frames.map((frame) => {
    const [, name, json = ''] = /^event: (\w+)\ndata: (\{.*\})$/.exec(frame) ?? [];
    const event = JSON.parse(json);
    expect(event.type).toBe(name);
    return event;
  });
}

async function failureOf(sending: Promise<UpstreamAnswer>) {
  const error = await sending.then(
    () => Promise.reject(new Error('the request was answered')),
    (thrown: UpstreamError) => thrown,
  );
  const shown = error.answer && JSON.parse(await textOf(error.answer));
  return { ...error, message: error.message, status: error.answer?.status, shown };
}

describe('an answer of AWS Bedrock', () => {
  it('equals an answer of Anthropic, with the model name of the request', async () => {
    simulator.script(answer({ usage: { input_tokens: 11, output_tokens: 22 } }));
    const answered = await send({ model: 'claude-sonnet-4-5' });
    expect(answered.status).toBe(200);
    expect(headerOf(answered.headers, 'content-type')).toBe('application/json');
    expect(headerOf(answered.headers, 'request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(await textOf(answered))).toMatchObject({
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hello from Bedrock.' }],
      usage: { input_tokens: 11, output_tokens: 22 },
    });
    expect(simulator.requests[0]?.model).toBe('us.anthropic.claude-sonnet-4-5-20250929-v1:0');
  });

  it.each([{}, { splitEveryBytes: 7 }, { chunkDelayMs: 1 }])('streams as server-sent events (%j)', async (delivery) => {
    const usage = { input_tokens: 11, output_tokens: 22, cache_read_input_tokens: 5, cache_creation_input_tokens: 6 };
    simulator.script(answer({ text: 'Grüße aus 東京 👩‍💻🎉', usage, ...delivery }));
    const answered = await send({ stream: true });
    expect(headerOf(answered.headers, 'content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headerOf(answered.headers, 'cache-control')).toBe('no-cache');
    expect(answered.measuredUsage?.()).toBeUndefined();
    const events = await eventsOf(answered);
    expect(events[0]).toMatchObject({ type: 'message_start', message: { model: 'claude-opus-5-5' } });
    expect(events.map((event) => (event.delta as { text?: string })?.text ?? '').join('')).toBe(
      'Grüße aus 東京 👩‍💻🎉',
    );
    expect(events.at(-1)).toEqual({ type: 'message_stop' });
    expect(answered.measuredUsage?.()).toEqual(usage);
  });

  it('keeps its connection for the next request', async () => {
    let connections = 0;
    const front = createServer((socket) => {
      connections += 1;
      const behind = connect(simulator.port, '127.0.0.1');
      socket.pipe(behind).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    start({ endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}` });
    for (const stream of [true, true, false, true]) await textOf(await send({ stream }));
    expect(connections).toBe(1);
    runtime.onModuleDestroy();
    front.close();
  });

  it('waits for a slow reader', async () => {
    simulator.script(big({ bytes: 20_000_000, deltaLength: 16_384 }));
    const answered = await send({ stream: true });
    const reading = chunksOfBody(answered.body);
    await reading.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(simulator.requests[0]!.bytesWritten).toBeLessThan(15_000_000);
    let bytes = 0;
    for await (const chunk of reading) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(20_000_000);
  });
});

describe('a request of Claude Code', () => {
  it("equals Claude Code's own request to Bedrock", async () => {
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    expect(simulator.requests).toHaveLength(1);
    const { json, path, headers } = simulator.requests[0]!;
    expect(path).toBe('/model/us.anthropic.claude-opus-5-5/invoke-with-response-stream');
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/us-east-1\/bedrock\/aws4_request/);
    expect(json).toMatchObject({
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: [
        'interleaved-thinking-2025-05-14',
        'tool-search-tool-2025-10-19',
        'thinking-token-count-2026-05-13',
        'thinking-display-updates-2026-08-18',
      ],
      thinking: { type: 'adaptive', display: 'updates' },
      output_config: { effort: 'medium' },
      max_tokens: 128_000,
    });
    expect(Object.keys(json!)).not.toEqual(expect.arrayContaining(['context_management']));
  });

  it('is sent again without the beta that Bedrock does not accept, which no refusal names, and the beta is remembered', async () => {
    const strict = await startBedrockSimulator({ knownBetas: FEWER_BETAS });
    start({ endpoint: strict.url });
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    const tries = strict.requests.length;
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    await strict.close();
    const betas = strict.requests.map(({ json }) => (json?.anthropic_beta ?? []) as string[]);
    expect(betas[tries - 1]).toEqual(betas[0]!.filter((beta) => FEWER_BETAS.includes(beta)));
    expect(betas.slice(tries)).toEqual([betas[tries - 1]]);
  });

  it('is sent again without all betas if several are not accepted', async () => {
    const strict = await startBedrockSimulator({ knownBetas: [] });
    start({ endpoint: strict.url });
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    await strict.close();
    const { json } = strict.requests.at(-1)!;
    expect(json).not.toHaveProperty('anthropic_beta');
    expect((json!.tools as Body[]).some((tool) => 'defer_loading' in tool)).toBe(false);
    expect(json!.thinking).toEqual({ type: 'adaptive', display: 'summarized' });
  });

  it('remembers nothing from a request that still failed', async () => {
    simulator.script(validation('invalid beta flag'), validation('max_tokens: Input should be greater than 0'));
    await failureOf(send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    const [first, second, next] = simulator.requests.map(({ json }) => json!.anthropic_beta as string[]);
    expect(second).toHaveLength(first!.length - 1);
    expect(next).toEqual(first);
  });

  it('is not sent again for a day if Bedrock refuses an essential field', async () => {
    simulator.script(validation('output_config.format: Extra inputs are not permitted'));
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const request = { ...CLAUDE_CODE_BODY, output_config: { format } };
    expect(await failureOf(send(request))).toMatchObject({ failure: 'rejected', status: 400 });
    expect(upstream.accepts(requestOf(request))).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('output_config.format'),
    });
    expect(upstream.accepts(requestOf({ ...request, output_config: { effort: 'low' } }))).toEqual({ accepted: true });
  });
});

describe('a request of Claude Code that Bedrock refuses again', () => {
  it('is sent again even if another request has learned the same meanwhile', async () => {
    const strict = await startBedrockSimulator({ knownBetas: FEWER_BETAS });
    start({ endpoint: strict.url });
    const sending = Array.from({ length: 5 }, () => send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    for (const answered of await Promise.all(sending)) expect(await textOf(answered)).toContain('message_stop');
    await strict.close();
  });

  it('is sent again without a field that Bedrock refuses as extra', async () => {
    const refusal = validation('thinking.display: Extra inputs are not permitted');
    simulator.script(refusal);
    await textOf(await send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]));
    expect(simulator.requests.map(({ json }) => json!.thinking)).toEqual([
      { type: 'adaptive', display: 'updates' },
      { type: 'adaptive' },
    ]);
  });

  it('fails if the same field is refused again', async () => {
    simulator.setDefault(validation('thinking.display: Extra inputs are not permitted'));
    const sending = send(CLAUDE_CODE_BODY, ['anthropic-beta', CLAUDE_CODE_BETAS]);
    expect(await failureOf(sending)).toMatchObject({ failure: 'rejected', status: 400 });
    expect(simulator.requests).toHaveLength(2);
  });

  it('is sent again without thinking from another service', async () => {
    simulator.script(validation('messages.1.content.0: Invalid `signature` in `thinking` block'));
    const messages = [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'user', content: 'on' },
    ];
    await textOf(await send({ messages }));
    const sent = simulator.requests[1]!.json!.messages as Body[];
    expect(sent[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'b' }] });
    expect([sent[0], sent[2]]).toEqual([messages[0], messages[2]]);
  });

  it('is sent again without thinking if the model requires thinking at the start of a tool turn', async () => {
    simulator.script(validation('messages.1.content.0: Invalid `signature` in `thinking` block'));
    const messages = [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }] },
    ];
    const thinking = { type: 'enabled', budget_tokens: 2_000 };
    const { leftOut } = await send({ model: 'claude-haiku-4-5', max_tokens: 4_000, thinking, messages });
    expect(simulator.requests[1]!.json).toMatchObject({ thinking: { type: 'disabled' } });
    expect(leftOut).toContain('thinking');
  });
});

describe('a field that Bedrock does not accept', () => {
  it('is dropped, remembered, and reported, one field after the other', async () => {
    const body = { from_next_year: 1, service_tier: 'auto', speed: 'fast' };
    const betas = `from-next-year-2027-01-01,${CLAUDE_CODE_BETAS}`;
    const first = await send(body, ['anthropic-beta', betas]);
    expect(first.leftOut).toEqual(
      expect.arrayContaining(['from_next_year', 'from-next-year-2027-01-01', 'speed', 'per-turn-control-2026-07-01']),
    );
    expect(simulator.requests).toHaveLength(3);
    expect(simulator.requests[2]!.json!.anthropic_beta).toContain('thinking-token-count-2026-05-13');
    await textOf(await send(body, ['anthropic-beta', betas]));
    expect(simulator.requests).toHaveLength(4);
  });

  it('can be the check of tools: the answer then reports it as missing', async () => {
    const strict = await startBedrockSimulator({
      knownBetas: BEDROCK_BETAS.filter((beta) => !/dangerous|afk/.test(beta)),
    });
    start({ endpoint: strict.url });
    const safeguards = [{ type: 'dangerous_tool_use' }];
    const headers = ['anthropic-beta', 'dangerous-tool-use-2026-09-03,afk-mode-2026-01-31'];
    const answered = await send({ safeguards }, headers);
    await strict.close();
    expect(JSON.parse(await textOf(answered)).safeguard_results).toEqual([
      { type: 'dangerous_tool_use', status: { type: 'unavailable', reason: 'error' } },
    ]);
    expect(answered.leftOut).toContain('safeguards');
  });
});

describe('a verdict on tools', () => {
  const safeguards = [{ type: 'dangerous_tool_use' }];
  const headers = ['anthropic-beta', 'dangerous-tool-use-2026-09-03'];

  it.each([true, false])('is relayed unchanged, or reported as missing (stream: %s)', async (stream) => {
    const toolUse = { name: 'Bash', id: 'toolu_1' };
    simulator.script(answer({ toolUse }), answer({ toolUse, hasVerdict: false }));
    expect(await textOf(await send({ safeguards, stream }, headers))).toContain(
      '"tool_uses":{"toolu_1":{"type":"evaluated","outcome":"not_flagged"}}',
    );
    expect(await textOf(await send({ safeguards, stream }, headers))).toContain(
      '"safeguard_results":[{"type":"dangerous_tool_use","status":{"type":"unavailable","reason":"error"}}]',
    );
  });
});

describe('a tool with a long name', () => {
  it.each([true, false])('is called by that name, for any split of the answer (stream: %s)', async (stream) => {
    const name = 'mcp__plugin_review_helper__list_comments_of_a_pull_request_with_threads_x';
    const tools = [{ name, input_schema: { type: 'object' } }];
    await textOf(await send({ tools }));
    const [{ name: short }] = simulator.requests[0]!.json!.tools as [{ name: string }];
    expect(short).toHaveLength(64);
    simulator.script(answer({ toolUse: { name: short, input: { a: short } }, splitEveryBytes: 7 }));
    const text = await textOf(await send({ tools, stream }));
    expect(text).toContain(`"name":"${name}"`);
    expect(text).not.toContain(`"name":"${short}"`);
  });
});

describe('a refusal by AWS before the first byte', () => {
  const cases: [string, Behaviour, Body][] = [
    ['quota', quotaExceeded(), { failure: 'rate_limited', status: 429, type: 'rate_limit_error' }],
    ['model timeout', modelTimeout(), { failure: 'timed_out', status: 504, type: 'timeout_error' }],
    [
      'model 529',
      modelError({ originalStatusCode: 529 }),
      { failure: 'overloaded', status: 529, type: 'overloaded_error' },
    ],
    ['model 500', modelError({}), { failure: 'unreachable', status: 500, type: 'api_error' }],
    ['internal', internal(), { failure: 'unreachable', status: 500, type: 'api_error' }],
    ['unavailable', unavailable(), { failure: 'overloaded', status: 529, type: 'overloaded_error' }],
    [
      'bad request',
      validation('max_tokens: too big'),
      { failure: 'rejected', status: 400, type: 'invalid_request_error' },
    ],
    ['access denied', accessDenied(), { failure: 'unreachable', status: 502, type: 'api_error' }],
    ['no model', notFound(), { failure: 'unreachable', status: 502, type: 'api_error' }],
    ['a web page', html(502), { failure: 'unreachable', status: 502, type: 'api_error' }],
    ['a web page of 200', html(200), { failure: 'unreachable', status: 502, type: 'api_error' }],
  ];

  it.each(cases)('is an error of Anthropic: %s', async (_name, behaviour, { type, ...expected }) => {
    for (const stream of [true, false]) {
      simulator.reset();
      simulator.script(behaviour);
      const failure = await failureOf(send({ stream }));
      expect(failure).toMatchObject({ ...expected, shown: { type: 'error', error: { type } } });
      expect(JSON.stringify([failure.shown, failure.message])).not.toMatch(/arn:|123456789012/);
      expect(simulator.requests).toHaveLength(1);
    }
  });

  it.each([
    ['a throttling', throttled()],
    ['a model that is not ready', modelNotReady()],
    ['a lost connection', resetBeforeHeaders()],
  ])('is retried once after %s', async (_name, behaviour) => {
    simulator.script(behaviour);
    expect((await eventsOf(await send({ stream: true }))).at(-1)).toEqual({ type: 'message_stop' });
    expect(simulator.requests).toHaveLength(2);
    simulator.script(behaviour, behaviour);
    await failureOf(send());
    expect(simulator.requests).toHaveLength(4);
  });

  it('is retried if the stream ends or breaks before its first event', async () => {
    simulator.script(endEarly({ afterEvents: 0 }));
    await textOf(await send({ stream: true }));
    simulator.script(cut({ afterEvents: 0 }));
    await textOf(await send({ stream: true }));
    expect(simulator.requests).toHaveLength(4);
  });

  it('is not retried if the daily quota is used up', async () => {
    simulator.script(throttled({ message: 'Too many tokens per day, please wait before trying again.' }));
    expect(await failureOf(send())).toMatchObject({ failure: 'rate_limited', isWorthWaiting: false });
    expect(simulator.requests).toHaveLength(1);
  });

  it('can be an exception frame instead of the first event', async () => {
    simulator.script(exceptionMidStream('ServiceUnavailableException', 'busy', { afterEvents: 0 }));
    expect(await failureOf(send({ stream: true }))).toMatchObject({ failure: 'overloaded', status: 529 });
  });

  it('reports a prompt that is too long with the message that Claude Code expects', async () => {
    simulator.script(validation());
    const failure = await failureOf(send());
    expect(failure).toMatchObject({ failure: 'rejected', status: 400, isForCaller: true });
    expect(failure.shown.error.message).toMatch(/^prompt is too long.*capability_rejected: prompt_too_long/);
  });

  it('keeps the request id and retry-after', async () => {
    simulator.setDefault(throttled({ headers: { 'retry-after': '7' } }));
    const error = await send().catch((thrown: UpstreamError) => thrown);
    expect(error).toMatchObject({ retryAfterSeconds: 7 });
    const { headers } = (error as UpstreamError).answer!;
    expect([headerOf(headers, 'retry-after'), headerOf(headers, 'request-id')]).toEqual(['7', expect.any(String)]);
  });

  it('includes a refused connection', async () => {
    start({ endpoint: 'http://127.0.0.1:1' });
    expect(await failureOf(send())).toMatchObject({ failure: 'unreachable', status: 502 });
  });
});

describe('a stream that breaks', () => {
  it.each<[string, Behaviour, string]>([
    ['is cut', cut(), 'api_error'],
    ['is cut inside a frame', cut({ afterBytes: 1_000 }), 'api_error'],
    ['ends early', endEarly(), 'api_error'],
    ['brings garbage', garbage(), 'api_error'],
    ['has a wrong checksum', flippedBit(), 'api_error'],
    ['is throttled', exceptionMidStream('ThrottlingException', 'Too many tokens'), 'rate_limit_error'],
    ['times out', exceptionMidStream('ModelTimeoutException', 'too slow'), 'timeout_error'],
    ['loses the service', exceptionMidStream('ServiceUnavailableException', 'busy'), 'overloaded_error'],
    ['is found invalid', exceptionMidStream('ValidationException', 'no'), 'invalid_request_error'],
    ['fails inside', exceptionMidStream('InternalServerException', 'oh'), 'api_error'],
    [
      'loses its model',
      exceptionMidStream('ModelStreamErrorException', 'no', {
        fields: { originalStatusCode: 529, originalMessage: 'x' },
      }),
      'overloaded_error',
    ],
  ])('ends with one error event if it %s', async (_name, behaviour, type) => {
    simulator.script(behaviour);
    const events = await eventsOf(await send({ stream: true }));
    expect(events[0]).toMatchObject({ type: 'message_start' });
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type } });
    expect(events.filter((event) => event.type === 'error')).toHaveLength(1);
    expect(simulator.requests).toHaveLength(1);
  });
});

describe('a caller who leaves', () => {
  const closedWithin1Second = async () => {
    const recorded = await simulator.requestAt(0);
    const late = new Promise((resolve) => setTimeout(resolve, 1_000, 'late'));
    expect(await Promise.race([recorded.finished, late])).toBe('closed_by_client');
  };

  it.each([true, false])('aborts Bedrock before its headers (stream: %s)', async (stream) => {
    simulator.script(silence());
    const leaving = new AbortController();
    const sending = failureOf(send({ stream }, [], leaving.signal));
    await simulator.requestAt(0);
    leaving.abort();
    expect(await sending).toMatchObject({ failure: 'aborted' });
    await closedWithin1Second();
  });

  it('aborts Bedrock before the first event', async () => {
    simulator.script(silence({ afterEvents: 0 }));
    const leaving = new AbortController();
    const sending = failureOf(send({ stream: true }, [], leaving.signal));
    await simulator.requestAt(0);
    setTimeout(() => leaving.abort(), 50);
    expect(await sending).toMatchObject({ failure: 'aborted' });
    await closedWithin1Second();
  });

  it('aborts Bedrock in the middle of a stream, without further events', async () => {
    simulator.script(silence({ afterEvents: 2 }));
    const leaving = new AbortController();
    const answered = await send({ stream: true }, [], leaving.signal);
    setTimeout(() => leaving.abort(), 50);
    const events = await eventsOf(answered);
    expect(events.map((event) => event.type)).toEqual(['message_start', 'content_block_start']);
    await closedWithin1Second();
  });

  it.each(['reading', 'not yet reading'])('aborts Bedrock by destroying the body (%s)', async (state) => {
    simulator.script(silence({ afterEvents: 1 }));
    const answered = await send({ stream: true });
    if (state === 'reading') answered.body.pipe({ write: () => true, end: () => {}, fail: () => {} });
    answered.body.destroy();
    await closedWithin1Second();
  });

  it('does not reach Bedrock after an early abort', async () => {
    expect(await failureOf(send({}, [], AbortSignal.abort()))).toMatchObject({ failure: 'aborted' });
    expect(simulator.requests).toHaveLength(0);
  });

  it('leaves no listeners on a signal that outlives the request', async () => {
    const { signal } = new AbortController();
    await textOf(await send({ stream: true }, [], signal));
    await textOf(await send({}, [], signal));
    await send({ stream: true }, [], signal).then(({ body }) => body.destroy());
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a thread that is stored at Anthropic', () => {
  it('gets an answer after which the SDK sends its whole history', async () => {
    const failure = await failureOf(send({ thread: { type: 'continue', previous_message_id: 'msg_1' } }));
    expect(failure).toMatchObject({
      failure: 'rejected',
      status: 404,
      isForCaller: true,
      shown: { error: { type: 'not_found_error', details: { error_code: 'thread_not_found' } } },
    });
    expect(simulator.requests).toHaveLength(0);
  });

  it('has its id removed at its start', async () => {
    await textOf(await send({ thread: { type: 'create' } }));
    expect(simulator.requests[0]!.json).not.toHaveProperty('thread');
  });
});

describe('the module', () => {
  it('is built by Nest and reports its target', async () => {
    const config = { region: 'eu-west-1', profile: 'auto', modelMap: {}, endpoint: simulator.url };
    const { region, ...own } = { ...config, endpoint: new URL(config.endpoint) };
    const providers = [
      { provide: bedrockSection.token, useValue: own },
      { provide: awsSection.token, useValue: { region } },
      { provide: BEDROCK_CREDENTIALS, useValue: CREDENTIALS },
      { provide: ClaudeModels, useValue: new ClaudeModels() },
    ];
    @Module({ providers, exports: providers.map(({ provide }) => provide) })
    class Settings {}
    const settings = { module: Settings, global: true };
    @Module({ imports: [settings, BedrockModule] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const readiness = await app.get(BedrockUpstream).readiness();
    expect(readiness).toMatchObject({ isUsable: true, detail: expect.stringMatching(/eu-west-1.*keys/) });
    await app.close();
  });

  it('is usable with credentials, and reports an endpoint that differs from AWS', async () => {
    expect(await upstream.readiness()).toEqual({
      isUsable: true,
      detail: `sends to AWS Bedrock in us-east-1 at ${simulator.url} (BEDROCK_PROFILE=auto), signed with keys`,
    });
  });

  it('looks up missing credentials once a minute at most', async () => {
    let lookups = 0;
    const config = { region: 'us-east-1', profile: 'auto', modelMap: {}, endpoint: simulator.url } as const;
    const withoutCredentials = new BedrockRuntime(config, async () => {
      lookups += 1;
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      });
    });
    upstream = new BedrockUpstream(config, withoutCredentials, new ClaudeModels());
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await failureOf(send())).toMatchObject({
        failure: 'unreachable',
        message: expect.stringContaining('no AWS credentials'),
        status: 502,
      });
    }
    expect(lookups).toBe(1);
    expect(await upstream.readiness()).toMatchObject({ isUsable: false });
    withoutCredentials.onModuleDestroy();
    expect(simulator.requests).toHaveLength(0);
  });

  it('stops for a caller who leaves during the lookup of credentials', async () => {
    const config = { region: 'us-east-1', profile: 'auto', modelMap: {}, endpoint: simulator.url } as const;
    const searching = new BedrockRuntime(config, () => new Promise(() => {}));
    upstream = new BedrockUpstream(config, searching, new ClaudeModels());
    const leaving = new AbortController();
    const sending = failureOf(send({}, [], leaving.signal));
    leaving.abort();
    expect(await sending).toMatchObject({ failure: 'aborted' });
    expect(await upstream.readiness()).toMatchObject({ isUsable: false });
    searching.onModuleDestroy();
  });

  it('uses an ARN from the map, escaped in the path', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    start({ modelMap: { 'claude-opus-5-5': arn } });
    expect(JSON.parse(await textOf(await send()))).toMatchObject({ model: 'claude-opus-5-5' });
    expect(simulator.requests[0]!.path).toBe(`/model/${encodeURIComponent(arn)}/invoke`);
  });

  it('reports an error event at the start as a failure', async () => {
    const { chunkFrame } = await import('@claude-proxy/simulator');
    const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    simulator.script(
      raw({
        status: 200,
        headers: { 'content-type': 'application/vnd.amazon.eventstream' },
        body: chunkFrame(event, 0),
      }),
    );
    expect(await failureOf(send({ stream: true }))).toMatchObject({
      failure: 'overloaded',
      status: 529,
      shown: { error: { type: 'overloaded_error', message: 'Overloaded' } },
    });
  });
});
