import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

const PAGE = new URL('../../docs/operations.md', import.meta.url);
const MODEL = 'claude-opus-6';
const DAY_MS = 86_400_000;
const dayIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

let directory: string;
let path: string;
let stage: Stage;
const { ask, written } = adminApi(() => stage.gateway);
const newUser = () => `user-${randomUUID()}`;
const newClient = (user = 'alice') =>
  new OpenAI({ baseURL: `${stage.gateway.url}/user/${user}/v1`, apiKey: 'sk-ant-test-1', maxRetries: 0 });
const costOf = async (user: string) => {
  await written();
  return (await ask(`/v1/usage/me?claude-code-user=${user}`)).json.summary.total_cost_usd;
};

/** The rows of the documentation, and one that is about to be retired. */
async function writeRows(): Promise<void> {
  const [, example] = /MODELS_FILE.*?^```json\n(.*?)^```/ms.exec(await readFile(PAGE, 'utf8'))!;
  const ending = {
    id: 'claude-opus-5-9',
    like: 'claude-opus-5-5',
    released: dayIn(-400),
    retires: dayIn(30),
    successor: MODEL,
  };
  await writeFile(path, JSON.stringify([...JSON.parse(example!), ending]));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'models-'));
  path = join(directory, 'models.json');
  await writeRows();
  stage = await startStage({ MODELS_FILE: path, OPENAI_MODEL_ALIASES: '{"gpt-6":"claude-opus-6"}' });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(async () => {
  await stage.close();
  await rm(directory, { recursive: true });
});

describe('a model that only MODELS_FILE knows', () => {
  it('is answered at /v1/messages, and priced', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ model: MODEL, usage: { input_tokens: 1_000, output_tokens: 100 } }));
    expect(await postMessage(stage.gateway, { user, model: MODEL })).toMatchObject({
      status: 200,
      upstream: 'anthropic',
    });
    expect(await costOf(user)).toBeCloseTo((1_000 * 4 + 100 * 20) / 1e6, 9);
  });

  it('has the price of fast mode, which is twice its own', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ model: MODEL, usage: { input_tokens: 1_000, output_tokens: 100, speed: 'fast' } }));
    await postMessage(stage.gateway, { user, model: MODEL });
    expect(await costOf(user)).toBeCloseTo((1_000 * 8 + 100 * 40) / 1e6, 9);
  });

  it.each([MODEL, 'claude-opus-6-0', 'anthropic/claude-opus-6', 'gpt-6'])(
    'is answered at /v1/chat/completions under the name %s, as the model that it is like',
    async (model) => {
      const completion = await newClient().chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'hello' }],
        reasoning_effort: 'xhigh',
        temperature: 0.5,
      });
      expect(completion.choices).toHaveLength(1);
      const { json } = await stage.anthropic.requestAt(0);
      expect(json).toMatchObject({ model: MODEL, max_tokens: 128_000, output_config: { effort: 'xhigh' } });
      expect(json).not.toHaveProperty('temperature');
    },
  );

  it('is answered at /v1/chat/completions where the body is translated by a thread', async () => {
    const content = 'x'.repeat(1024 * 1024);
    await newClient().chat.completions.create({ model: MODEL, messages: [{ role: 'user', content }] });
    expect((await stage.anthropic.requestAt(0)).json).toMatchObject({ model: MODEL });
  });

  it('is listed by /v1/models in both forms', async () => {
    const ids = (await newClient().models.list()).data.map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual([MODEL, 'claude-fable-5-2']);
    expect(ids.at(-1)).toBe('gpt-6');
    const listed = await fetch(`${stage.gateway.url}/v1/models/${MODEL}`, {
      headers: { 'anthropic-version': '2023-06-01' },
    });
    expect(await listed.json()).toMatchObject({
      id: MODEL,
      display_name: 'Claude Opus 6',
      created_at: '2026-12-01T00:00:00Z',
      lifecycle: 'active',
      max_input_tokens: 1_000_000,
      max_tokens: 128_000,
    });
  });

  it('is answered by Bedrock in a fallback, under its id there and at the price of a regional profile', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    stage.bedrock.script(answer({ usage: { input_tokens: 1_000, output_tokens: 100 } }));
    expect(await postMessage(stage.gateway, { user, model: MODEL })).toMatchObject({
      status: 200,
      upstream: 'bedrock',
    });
    expect(decodeURIComponent((await stage.bedrock.requestAt(0)).path)).toBe(
      '/model/us.anthropic.claude-opus-6/invoke',
    );
    expect(await costOf(user)).toBeCloseTo(((1_000 * 4 + 100 * 20) / 1e6) * 1.1, 9);
  });

  it('has its limit remembered for its group, under each of its names', async () => {
    const user = newUser();
    const post = (model: string) => postMessage(stage.gateway, { user, model, apiKey: `sk-ant-${user}` });
    stage.anthropic.script(answer(), rateLimited({ retryAfterSeconds: 60 }));
    expect((await post(MODEL)).upstream).toBe('anthropic');
    expect((await post(MODEL)).upstream).toBe('bedrock');
    expect(await post('claude-opus-6-0')).toMatchObject({ upstream: 'bedrock', fallback: 'limit_remembered' });
    expect((await post('claude-opus-5-5')).upstream).toBe('anthropic');
    expect(stage.anthropic.requests).toHaveLength(3);
    const { limits } = (await ask('/api/limits')).json;
    expect(JSON.stringify(limits)).toMatch(/\/opus-6"/);
  });

  it('gives notice of its end', async () => {
    stage.anthropic.script(answer({ model: 'claude-opus-5-9' }));
    await postMessage(stage.gateway, { user: newUser(), model: 'claude-opus-5-9' });
    await written();
    const labels = 'model="claude-opus-5-9",successor="claude-opus-6"';
    expect((await ask('/metrics')).text).toContain(`claude_proxy_model_end_of_life_days{${labels}} 30`);
    const { notices } = (await ask('/api/analytics?range=24h')).json;
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'model_ends', model: 'claude-opus-5-9', days: 30 }));
  });
});

describe('a faulty MODELS_FILE', () => {
  it('stops the start, and names every fault', async () => {
    const faulty = join(directory, 'faulty.json');
    await writeFile(
      faulty,
      JSON.stringify([{ id: MODEL, like: 'claude-opus-5-5', prices: { input: '4', output: -1 } }]),
    );
    const start = startGateway({ MODELS_FILE: faulty });
    await expect(start).rejects.toThrow(
      /2 faults:\n {2}- MODELS_FILE is ".*": row 1 \("claude-opus-6"\): prices\.input is "4"; allowed: .*\n.*prices\.output is -1/,
    );
  });
});
