import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '../../support/start-stage.js';
import { type Captured, captureOf, changesBetween } from './captured.js';

const RECORDED: Captured = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8'));
/** Headers of one connection or one body, and those of the gateway. */
const OF_A_HOP = ['accept-encoding', 'connection', 'content-length', 'host'];

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

async function send(headers: Record<string, string>, body: unknown): Promise<void> {
  const response = await fetch(`${stage.gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sk-ant-test-1', ...headers },
    body: JSON.stringify(body),
  });
  await response.text();
}

describe('a request of Claude Code', () => {
  const body = { model: 'claude-opus-5-5', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] };

  it('reaches Anthropic with all recorded headers', async () => {
    const named = RECORDED.headers.filter((name) => ![...OF_A_HOP, 'content-type', 'x-api-key'].includes(name));
    const headers = Object.fromEntries(named.map((name) => [name, 'a-value']));
    await send({ ...headers, 'anthropic-version': '2023-06-01', 'anthropic-beta': RECORDED.betas.join(',') }, body);
    const seen = stage.anthropic.requests.at(-1)!.headers;
    for (const name of named) expect(seen).toHaveProperty(name);
    expect(seen['anthropic-beta']).toBe(RECORDED.betas.join(','));
  });
});

describe('a capture', () => {
  const capturedFrom = async (headers: Record<string, string>, extra: Record<string, unknown>) => {
    stage.anthropic.reset();
    await send(headers, { ...body, ...extra });
    return captureOf('2.0.0', stage.anthropic.requests);
  };
  const body = { model: 'claude-opus-5-5', max_tokens: 8, messages: [{ role: 'user', content: 'hello' }] };

  it('lists new and removed names', async () => {
    const before = await capturedFrom({ 'anthropic-beta': 'one-2026-01-01' }, { metadata: { user_id: 'u' } });
    const after = await capturedFrom(
      { 'anthropic-beta': 'two-2026-01-01', 'x-claude-code-new': '1' },
      { speed: 'standard' },
    );
    expect(changesBetween(before, after)).toEqual([
      'new in headers: x-claude-code-new',
      'new in betas: two-2026-01-01',
      'gone from betas: one-2026-01-01',
      'new in fields: speed',
      'gone from fields: metadata',
      'gone from fields: metadata.user_id',
    ]);
    expect(changesBetween(after, after)).toEqual([]);
  });

  it('contains no values of a request', async () => {
    const captured = await capturedFrom({}, { metadata: { user_id: 'one-person' } });
    expect(JSON.stringify(captured)).not.toMatch(/one-person|sk-ant-test|hello/);
  });
});
