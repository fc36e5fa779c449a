import { rateLimited, resetBeforeHeaders } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '../support/start-stage.js';

const PATH = '/v1/messages/count_tokens';
let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ FALLBACK_FOR: 'anyone', MAX_RETRY_WAIT_SECONDS: '0' });
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

async function count(changes: Record<string, unknown> = {}) {
  const response = await fetch(stage.gateway.url + PATH, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-test-1', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'claude-opus-4-8', messages: [{ role: 'user', content: 'hi' }], ...changes }),
  });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, upstream: response.headers.get('x-claude-proxy-upstream'), json };
}

describe('count_tokens', () => {
  it.each([
    ['is limited', rateLimited({ retryAfterSeconds: 600 })],
    ['is unreachable', resetBeforeHeaders()],
  ])('is answered by Bedrock, from the base model, if Anthropic %s', async (_name, behaviour) => {
    stage.anthropic.scriptAt(PATH, behaviour, behaviour, behaviour);
    expect(await count({ thinking: { type: 'enabled', budget_tokens: 31_999 } })).toEqual({
      status: 200,
      upstream: 'bedrock',
      json: { input_tokens: expect.any(Number) },
    });
    expect(stage.bedrock.requests.map(({ path }) => path)).toEqual(['/model/anthropic.claude-opus-4-8/count-tokens']);
  });

  it("ends with Anthropic's refusal if Bedrock cannot count for the model", async () => {
    stage.anthropic.scriptAt(PATH, rateLimited({ retryAfterSeconds: 600 }));
    const { status, json } = await count({ model: 'claude-unknown-9' });
    expect([status, json.type]).toEqual([429, 'error']);
    expect(stage.bedrock.requests).toEqual([]);
  });
});
