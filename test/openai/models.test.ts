import Anthropic from '@anthropic-ai/sdk';
import { html, overloaded, redirect, refuse, resetBeforeHeaders, silence } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { adminApi } from '../support/admin-api.js';
import { rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await startPair({ OPENAI_MODEL_ALIASES: '{"gpt-4o":"sonnet"}' });
});
afterEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(pair.gateway.url + path, { headers, redirect: 'manual' });
  const body = (await response.json()) as { data: { id: string; display_name?: string }[]; [key: string]: unknown };
  return { status: response.status, body };
};
/** The exchange that ended last, from the request log. */
const lastRecorded = async () => {
  const { ask, ended } = adminApi(() => pair.gateway);
  await ended();
  const { json } = await ask('/api/requests?limit=1');
  return (await ask(`/api/requests/${json.requests[0].id}`)).json;
};
const BY_US = { status: 200, outcome: 'completed', upstream: null, error: null };
const CLAUDE_CODE = { 'x-api-key': 'sk-ant-api03-caller', 'anthropic-version': '2023-06-01' };

describe('a client of OpenAI', () => {
  const newClient = () =>
    new OpenAI({ baseURL: `${pair.gateway.url}/user/alice/v1`, apiKey: 'any-key', maxRetries: 0 });

  it('gets the models in OpenAI’s format, without a request to an upstream', async () => {
    const models = (await newClient().models.list()).data;
    expect(models[0]).toEqual({
      id: 'claude-fable-5-2',
      object: 'model',
      created: 1_794_182_400,
      owned_by: 'anthropic',
    });
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-opus-5-5', 'gpt-4o']));
    expect(models.map(({ id }) => id).join()).not.toContain('mythos');
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('gets one model by its id, by an alias and by an alias of the operator', async () => {
    const client = newClient();
    expect(await client.models.retrieve('claude-opus-5')).toMatchObject({ id: 'claude-opus-5', object: 'model' });
    expect(await client.models.retrieve('opus')).toMatchObject({ object: 'model' });
    expect(await client.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o' });
    await expect(client.models.retrieve('gpt-5')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringMatching(/gpt-4o\. The operator can name more in OPENAI_MODEL_ALIASES\./),
    });
  });

  it('can use the alias of the operator', async () => {
    const client = new OpenAI({ baseURL: `${pair.gateway.url}/v1`, apiKey: 'sk-ant-api03-caller' });
    const completion = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(completion.model).toBe('claude-sonnet-5-5');
  });
});

describe('another client', () => {
  it.each(['/v1/models', '/user/alice/v1/models', '/v1/v1/models'])('gets Anthropic’s answer at %s', async (path) => {
    const { body } = await get(`${path}?limit=3`, CLAUDE_CODE);
    expect(body).toMatchObject({ has_more: true, first_id: 'claude-fable-5-2', last_id: 'claude-sonnet-5-5' });
    expect(pair.anthropic.requests[0]).toMatchObject({ path: '/v1/models?limit=3' });
  });

  it('gets one model, and Anthropic’s own refusal of an unknown one', async () => {
    const client = new Anthropic({ baseURL: pair.gateway.url, apiKey: 'sk-ant-api03-caller', maxRetries: 0 });
    expect(await client.models.retrieve('claude-opus-4-8')).toMatchObject({ display_name: 'Claude Opus 4.8' });
    await expect(client.models.retrieve('claude-none')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    expect(pair.anthropic.requests).toHaveLength(2);
  });

  it('gets Anthropic’s answer with an Anthropic key, in any version', async () => {
    await get('/v1/models', { 'x-api-key': 'sk-ant-api03-caller' });
    await get('/v1/models', { authorization: 'Bearer sk-ant-api03-caller', 'anthropic-version': '2026-10-21' });
    expect(pair.anthropic.requests).toHaveLength(2);
  });

  it('gets the built-in list without a credential', async () => {
    const { status, body } = await get('/v1/models?limit=1000', { 'anthropic-version': '2023-06-01' });
    expect(status).toBe(200);
    expect(body.has_more).toBe(false);
    expect(body.data.every(({ display_name }) => display_name)).toBe(true);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it.each([
    ['cannot be reached', resetBeforeHeaders(), { failure: 'unreachable', status: null }],
    ['is overloaded', overloaded(), { failure: 'overloaded', status: 529 }],
    ['has moved', redirect('https://example.com/'), { failure: 'unreachable', status: 307 }],
    ['is hidden behind a broken proxy', html(502), { failure: 'unreachable', status: 502 }],
  ])('gets the built-in list if Anthropic %s, which is recorded', async (_name, behaviour, attempt) => {
    // Twice, because a reset on a kept-alive connection is retried.
    pair.anthropic.scriptAt('/v1/models', behaviour, behaviour);
    const { status, body } = await get('/v1/models?limit=1000', CLAUDE_CODE);
    expect(status).toBe(200);
    expect(body.data.map(({ id }) => id)).toContain('claude-opus-5');
    expect(await lastRecorded()).toMatchObject({ ...BY_US, attempts: [{ upstream: 'anthropic', ...attempt }] });
  });

  it('gets the built-in list in time for Claude Code if Anthropic is silent', async () => {
    pair.anthropic.scriptAt('/v1/models', silence());
    const startedMs = performance.now();
    expect((await get('/v1/models?limit=1000', CLAUDE_CODE)).status).toBe(200);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(await pair.anthropic.requests[0]!.finished).toBe('closed_by_client');
    expect(await lastRecorded()).toMatchObject({ ...BY_US, attempts: [{ failure: 'timed_out', status: null }] });
  });

  it('is refused, also in the record, if Anthropic is unreachable and the model is unknown', async () => {
    pair.anthropic.scriptAt('/v1/models/claude-none', overloaded());
    expect((await get('/v1/models/claude-none', CLAUDE_CODE)).status).toBe(404);
    expect(await lastRecorded()).toMatchObject({ status: 404, outcome: 'refused', upstream: null });
  });

  it.each(['/v1/models/%2e%2e', '/v1/models/..%2ffiles', '/v1/models//a'])('cannot request %s', async (path) => {
    const headers = Object.entries(CLAUDE_CODE).flat();
    expect((await rawRequest(pair.gateway.port, { path, headers })).status).toBe(400);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('gets Anthropic’s refusal', async () => {
    pair.anthropic.scriptAt('/v1/models', refuse(401), refuse(429));
    expect((await get('/v1/models', CLAUDE_CODE)).status).toBe(401);
    expect((await get('/v1/models', CLAUDE_CODE)).status).toBe(429);
  });

  it('pages through the built-in list', async () => {
    const headers = { 'anthropic-version': '2023-06-01' };
    const first = (await get('/v1/models?limit=2', headers)).body;
    const second = (await get(`/v1/models?limit=2&after_id=${first.last_id}`, headers)).body;
    expect(first.data).toHaveLength(2);
    expect(second.data[0]!.id).not.toBe(first.data[1]!.id);
    const back = (await get(`/v1/models?limit=2&before_id=${second.first_id}`, headers)).body;
    expect(back.data).toEqual(first.data);
  });
});
