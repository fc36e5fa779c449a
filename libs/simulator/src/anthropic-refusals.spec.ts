import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AnthropicSimulator, rateLimited, startAnthropicSimulator } from './index.js';

const REQUEST = { model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Say hello' }] };
const HEADERS = { 'x-api-key': 'sk-test', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };

let simulator: AnthropicSimulator;

beforeAll(async () => {
  simulator = await startAnthropicSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function post(body: unknown): Promise<Response> {
  const request = { method: 'POST', headers: HEADERS, body: JSON.stringify(body) };
  return fetch(`${simulator.url}/v1/messages`, request);
}

describe('refusals by the simulated Anthropic', () => {
  it('marks a 429 in all documented ways', async () => {
    const resetAt = new Date('2026-12-01T00:00:00Z');
    simulator.script(
      rateLimited(),
      rateLimited({ retryAfterDate: resetAt }),
      rateLimited({ retryAfterMs: 1500, shouldRetry: false }),
      rateLimited({ unifiedResetAt: resetAt, representativeClaim: 'seven_day_opus' }),
      rateLimited({ tokensResetAt: resetAt }),
      rateLimited({ isSpendCap: true }),
    );
    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push(await post(REQUEST));
    const [plain, dated, precise, unified, tokens, capped] = answers.map((response) => response.headers);
    expect(plain?.get('retry-after')).toBe('7');
    expect(dated?.get('retry-after')).toBe('Tue, 01 Dec 2026 00:00:00 GMT');
    expect([precise?.get('retry-after-ms'), precise?.get('x-should-retry'), precise?.get('retry-after')]).toEqual([
      '1500',
      'false',
      null,
    ]);
    expect(unified?.get('anthropic-ratelimit-unified-status')).toBe('rejected');
    expect(unified?.get('anthropic-ratelimit-unified-reset')).toBe('1796083200');
    expect(unified?.get('anthropic-ratelimit-unified-representative-claim')).toBe('seven_day_opus');
    expect(tokens?.get('anthropic-ratelimit-tokens-remaining')).toBe('0');
    expect(capped?.get('retry-after')).toBeNull();
    const body = (await answers[5]?.json()) as { error: unknown; request_id: string };
    expect(body.error).toMatchObject({
      type: 'rate_limit_error',
      details: { error_code: 'enforced_spend_limit_reached' },
    });
    expect(body.request_id).toBe(capped?.get('request-id'));
  });

  it('refuses the same requests as the real service, in its format', async () => {
    const anonymous = await fetch(`${simulator.url}/v1/messages`, { method: 'POST', body: '{}' });
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    expect(await (await post({ ...REQUEST, nonsense: 1 })).json()).toMatchObject({
      error: { type: 'invalid_request_error', message: 'nonsense: Extra inputs are not permitted' },
    });
    expect((await fetch(`${simulator.url}/api/hello`, { method: 'HEAD' })).status).toBe(200);
  });
});
