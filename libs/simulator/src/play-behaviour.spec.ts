import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AnthropicSimulator,
  answer,
  big,
  cut,
  endEarly,
  garbage,
  rateLimited,
  redirect,
  refuse,
  silence,
  startAnthropicSimulator,
} from './index.js';

const REQUEST = { model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Say hello' }] };
const HEADERS = { 'x-api-key': 'sk-test', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };

let simulator: AnthropicSimulator;

beforeAll(async () => {
  simulator = await startAnthropicSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function post(body: unknown, signal?: AbortSignal): Promise<Response> {
  const request = { method: 'POST', headers: HEADERS, body: JSON.stringify(body), redirect: 'manual' as const };
  return fetch(`${simulator.url}/v1/messages`, signal ? { ...request, signal } : request);
}

describe('what a simulator does on the wire', () => {
  it('returns a redirect', async () => {
    simulator.script(redirect('http://169.254.169.254/latest'));
    const response = await post(REQUEST);
    expect([response.status, response.headers.get('location')]).toEqual([307, 'http://169.254.169.254/latest']);
  });

  it('selects a behavior from the request', async () => {
    simulator.setDefault((request) => (request.model?.includes('opus') ? rateLimited() : answer()));
    expect((await post({ ...REQUEST, model: 'claude-opus-5-5' })).status).toBe(429);
    expect((await post(REQUEST)).status).toBe(200);
  });

  it('supports scripts for other paths', async () => {
    simulator.scriptAt('/v1/models', refuse(503));
    const url = `${simulator.url}/v1/models?limit=1`;
    expect((await fetch(url, { headers: HEADERS })).status).toBe(503);
    expect((await fetch(url, { headers: HEADERS })).status).toBe(200);
  });

  it('stops if the client leaves during a silence', async () => {
    simulator.script(silence({ afterEvents: 2 }), silence());
    const leaving = new AbortController();
    const response = await post({ ...REQUEST, stream: true }, leaving.signal);
    expect(response.status).toBe(200);
    leaving.abort();
    await response.text().catch(() => undefined);
    expect(await simulator.requests[0]?.finished).toBe('closed_by_client');
    expect(simulator.requests[0]?.closedByClient).toBe(true);
    const leavingEarly = new AbortController();
    const left = post(REQUEST, leavingEarly.signal).catch(() => undefined);
    const { finished } = await simulator.requestAt(1);
    leavingEarly.abort();
    await left;
    expect(await finished).toBe('closed_by_client');
  });

  it('writes no faster than a slow reader reads', async () => {
    const bytes = 40_000_000;
    simulator.script(big({ bytes }));
    const leaving = new AbortController();
    const response = await post({ ...REQUEST, stream: true }, leaving.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    await sleep(150);
    const written = simulator.requests[0]?.bytesWritten ?? 0;
    expect(written).toBeLessThan(bytes / 2);
    leaving.abort();
    await simulator.requests[0]?.finished;
    expect(simulator.requests[0]?.bytesWritten).toBeLessThan(bytes);
  });

  it('distinguishes its own breaks from those of the client', async () => {
    simulator.script(cut({ afterEvents: 2 }));
    const response = await post({ ...REQUEST, stream: true });
    await expect(response.text()).rejects.toThrow();
    expect(await simulator.requests[0]?.finished).toBe('broken_by_simulator');
    await post(REQUEST).then((whole) => whole.text());
    expect(await simulator.requests[1]?.finished).toBe('answered');
  });

  it('cuts a JSON answer in its middle', async () => {
    simulator.script(cut(), endEarly());
    await expect(post(REQUEST).then((response) => response.text())).rejects.toThrow();
    await expect(post(REQUEST).then((response) => response.json())).rejects.toThrow(/JSON/);
  });

  it('flushes each event of a compressed stream on its own', async () => {
    simulator.script(silence({ afterEvents: 2, encoding: 'gzip' }));
    const leaving = new AbortController();
    const response = await post({ ...REQUEST, stream: true }, leaving.signal);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('content_block_start')) text += (await reader?.read())?.value ?? '';
    leaving.abort();
    expect(text).toContain('message_start');
  });

  it('cuts inside a character: its remaining bytes never arrive', async () => {
    simulator.script(cut({ insideCharacter: true }));
    const response = await post({ ...REQUEST, stream: true });
    const chunks: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of response.body ?? []) chunks.push(chunk);
      })(),
    ).rejects.toThrow();
    const bytes = Buffer.concat(chunks);
    expect(bytes.at(-1)).toBeGreaterThanOrEqual(0xc0);
    expect(bytes.toString('utf8')).toMatch(/"text":"Gr\uFFFD$/);
  });

  it('inserts garbage between two events and continues', async () => {
    simulator.script(garbage({ bytes: Buffer.from('data: {not json\n\n') }));
    const text = await (await post({ ...REQUEST, stream: true })).text();
    expect(text).toContain('data: {not json\n\n');
    expect(text).toContain('event: message_stop');
  });

  it('keeps no requests if recording is off', async () => {
    const forgetful = await startAnthropicSimulator({ isRecording: false });
    const request = { method: 'POST', headers: HEADERS, body: JSON.stringify(REQUEST) };
    expect((await fetch(`${forgetful.url}/v1/messages`, request)).status).toBe(200);
    expect(forgetful.requests).toHaveLength(0);
    await forgetful.close();
  });
});
