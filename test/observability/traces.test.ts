import { randomUUID } from 'node:crypto';
import { answer, internal, rateLimited, silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type Answered, postMessage } from '../support/post-message.js';
import { type Collector, startCollector } from '../support/start-collector.js';
import { type Stage, startStage } from '../support/start-stage.js';

const SERVER = 2;
const CLIENT = 3;
const ERROR = { code: 2 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const CALLERS_KEY = 'sk-ant-api03-hush-key';
const PROMPT = 'the prompt that stays here';

let collector: Collector;
let stage: Stage;
const newUser = () => `user-${randomUUID()}`;
const post = (posting: Parameters<typeof postMessage>[1]): Promise<Answered> => postMessage(stage.gateway, posting);

beforeAll(async () => {
  collector = await startCollector();
  stage = await startStage({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=hush%20hush',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    MAX_RETRY_WAIT_SECONDS: '0',
  });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(async () => {
  await stage.close();
  await collector.close();
});

describe('the trace of a request', () => {
  it('has a span of the request and one of the attempt that answered a stream', async () => {
    const user = newUser();
    const usage = { input_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 7, output_tokens: 11 };
    stage.anthropic.script(answer({ text: 'Good day.', usage }));
    const headers = { 'x-claude-code-session-id': 'session-1' };
    await post({ user, isStream: true, headers });
    const [request, attempt, ...others] = await collector.spansOf(user, 2);
    expect(others).toEqual([]);
    expect(request).toMatchObject({ name: 'chat claude-opus-5-5', kind: SERVER });
    expect(request).not.toHaveProperty('parentSpanId');
    expect(request!.attributes).toMatchObject({
      'http.request.method': 'POST',
      'url.path': '/v1/messages',
      'http.response.status_code': 200,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-5-5',
      'gen_ai.conversation.id': 'session-1',
      'claude_proxy.request.id': expect.stringMatching(/^exc_/),
      'claude_proxy.outcome': 'completed',
    });
    expect(attempt).toMatchObject({ name: 'chat claude-opus-5-5', kind: CLIENT, parentSpanId: request!.spanId });
    expect(attempt!.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-5-5',
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'claude-opus-5-5',
      'gen_ai.response.id': expect.stringMatching(/^msg_/),
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.input_tokens': 15,
      'gen_ai.usage.output_tokens': 11,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'gen_ai.usage.cache_creation.input_tokens': 7,
      'http.response.status_code': 200,
    });
    expect(BigInt(attempt!.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request!.endTimeUnixNano));
    expect(BigInt(attempt!.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(request!.startTimeUnixNano));
  });

  it('has an attempt that failed and one at Bedrock, where Anthropic says 429', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    expect(await post({ user })).toMatchObject({ upstream: 'bedrock' });
    const [request, first, second, ...others] = await collector.spansOf(user, 3);
    expect(others).toEqual([]);
    expect(request!.attributes).toMatchObject({
      'gen_ai.provider.name': 'aws.bedrock',
      'claude_proxy.is_fallback': true,
      'claude_proxy.fallback_reason': 'rate_limited',
    });
    expect(first).toMatchObject({ parentSpanId: request!.spanId, status: ERROR });
    expect(first!.attributes).toMatchObject({
      'gen_ai.provider.name': 'anthropic',
      'error.type': 'rate_limited',
      'http.response.status_code': 429,
    });
    expect(second!.parentSpanId).toBe(request!.spanId);
    expect(second!.status).not.toMatchObject(ERROR);
    expect(second!.attributes).toMatchObject({
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.response.model': 'claude-opus-5-5',
      'gen_ai.usage.output_tokens': expect.any(Number),
    });
  });

  it('is that of a request in the dialect of OpenAI', async () => {
    const user = newUser();
    const { gateway } = stage;
    const body = { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hello' }] };
    const headers = { authorization: `Bearer ${CALLERS_KEY}`, 'content-type': 'application/json' };
    const url = `${gateway.url}/user/${user}/v1/chat/completions`;
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).then((answered) => answered.text());
    const [request, attempt] = await collector.spansOf(user, 2);
    expect(request!.attributes).toMatchObject({ 'url.path': '/v1/chat/completions' });
    expect(attempt).toMatchObject({ name: 'chat claude-opus-5-5', parentSpanId: request!.spanId });
  });

  it('has an attempt for what is relayed, too', async () => {
    const user = newUser();
    const body = { requests: [{ custom_id: 'one', params: MESSAGE }] };
    const answered = await postJson(`${stage.gateway.url}/user/${user}/v1/messages/batches`, body);
    expect([answered.status, await answered.text()]).toEqual([200, expect.stringContaining('msgbatch_')]);
    const [request, attempt] = await collector.spansOf(user, 2);
    expect(request).toMatchObject({ name: 'POST', kind: SERVER });
    expect(attempt).toMatchObject({ name: 'POST', kind: CLIENT, parentSpanId: request!.spanId });
    expect(attempt!.attributes).toMatchObject({ 'http.response.status_code': 200 });
    const { headers } = await stage.anthropic.requestAt(0);
    expect(headers.traceparent).toContain(attempt!.spanId);
  });

  it('has no attempt where a caller without a credential is refused', async () => {
    const user = newUser();
    expect(await post({ user, apiKey: null })).toMatchObject({ status: 401 });
    const [request, ...others] = await collector.spansOf(user, 1);
    expect(others).toEqual([]);
    expect(request!.attributes).toMatchObject({ 'claude_proxy.outcome': 'refused', 'http.response.status_code': 401 });
    expect(request!.status).not.toMatchObject(ERROR);
  });

  it('ends with a client that leaves, which is not an error', async () => {
    const user = newUser();
    stage.anthropic.script(silence({ afterEvents: 4 }));
    const client = new AbortController();
    const answered = post({ user, isStream: true, signal: client.signal }).catch(() => 'left');
    await stage.anthropic.requestAt(0);
    client.abort();
    expect(await answered).toBe('left');
    const [request, attempt] = await collector.spansOf(user, 2);
    expect(request!.attributes).toMatchObject({ 'claude_proxy.outcome': 'aborted' });
    expect(attempt!.attributes).toMatchObject({ 'error.type': 'aborted' });
    expect([request!.status, attempt!.status]).not.toContainEqual(expect.objectContaining(ERROR));
  });

  it('is an error where the answer is one of the server', async () => {
    const user = newUser();
    stage.anthropic.setDefault(internal());
    stage.bedrock.setDefault(internal());
    const { status } = await post({ user });
    expect(status).toBeGreaterThanOrEqual(500);
    const [request, ...attempts] = await collector.spansOf(user, 2);
    expect(request).toMatchObject({ status: ERROR, attributes: { 'error.type': String(status) } });
    expect(attempts.map((attempt) => attempt.status)).toEqual(attempts.map(() => expect.objectContaining(ERROR)));
  });
});

describe('the trace of a caller', () => {
  it('is joined, and the upstream gets the span of its attempt in the same trace', async () => {
    const user = newUser();
    const headers = {
      traceparent: `00-${TRACE}-${PARENT}-01`,
      tracestate: 'vendor=user-4711',
      baggage: 'customer=acme',
    };
    await post({ user, headers });
    const [request, attempt] = await collector.spansOf(user, 2);
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
    const sent = (await stage.anthropic.requestAt(0)).headers;
    expect(sent.traceparent).toBe(`00-${TRACE}-${attempt!.spanId}-01`);
    expect([sent.tracestate, sent.baggage]).toEqual([undefined, undefined]);
  });

  it.each([
    ['too short', '00-4bf92f-00f067-01'],
    ['all zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['of the version that is forbidden', `ff-${TRACE}-${PARENT}-01`],
    ['too long for its version', `00-${TRACE}-${PARENT}-01-more`],
    ['there twice', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
    ['of 5,000 characters', 'x'.repeat(5_000)],
  ])('is not joined, and not passed on, if its header is %s', async (_what, traceparent) => {
    const user = newUser();
    await post({ user, headers: { traceparent } });
    const [request, attempt] = await collector.spansOf(user, 2);
    expect(request!.traceId).not.toBe(TRACE);
    const sent = (await stage.anthropic.requestAt(0)).headers;
    expect(sent.traceparent).toBe(`00-${request!.traceId}-${attempt!.spanId}-01`);
  });

  it('is not exported if the caller has not sampled it, and the upstream gets that decision', async () => {
    const [user, other] = [newUser(), newUser()];
    await post({ user, headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    const { traceparent } = (await stage.anthropic.requestAt(0)).headers;
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    await post({ user: other });
    await collector.spansOf(other, 2);
    expect(collector.spans.filter(({ attributes }) => attributes['user.id'] === user)).toEqual([]);
  });
});

describe('what is exported', () => {
  it('has no key, no prompt and no answer in it', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ text: 'the answer that stays here' }));
    const body = { messages: [{ role: 'user', content: PROMPT }] };
    await post({ user, apiKey: CALLERS_KEY, body, headers: { 'x-session-id': `${PROMPT} as session` } });
    const refused = await postJson(`${stage.gateway.url}/user/${user}/v1/messages`, { ...MESSAGE, model: CALLERS_KEY });
    await refused.text();
    await collector.spansOf(user, 4);
    const all = collector.exports.map(({ body: bytes }) => bytes.toString()).join('\n');
    for (const text of ['hush', 'stays here']) expect(all).not.toContain(text);
  });

  it('names the service, its version and the attributes of the variables', async () => {
    const user = newUser();
    await post({ user });
    const [request] = await collector.spansOf(user, 2);
    expect(request!.resource).toMatchObject({
      'service.name': 'claude-code-proxy',
      'service.version': expect.stringMatching(/^\d/),
      'service.instance.id': expect.any(String),
      'deployment.environment.name': 'test',
    });
    expect(collector.exports[0]!.headers['x-collector-key']).toBe('hush hush');
  });

  it('are the metrics of the GenAI conventions, without users', async () => {
    await post({ user: newUser(), isStream: true });
    const named = (name: string) => collector.metrics.filter((metric) => metric.name === name).at(-1);
    const [duration, tokens, first] = await collector.until(
      () => [
        named('gen_ai.client.operation.duration'),
        named('gen_ai.client.token.usage'),
        named('gen_ai.client.operation.time_to_first_chunk'),
      ],
      (metrics) => metrics.every((metric) => metric !== undefined),
    );
    expect(duration!.unit).toBe('s');
    expect(first!.points.length).toBeGreaterThan(0);
    expect(tokens!.points.map(({ attributes }) => attributes)).toContainEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-opus-5-5',
      'gen_ai.response.model': 'claude-opus-5-5',
      'gen_ai.token.type': 'input',
    });
    expect(JSON.stringify(collector.metrics)).not.toContain('user-');
  });
});
