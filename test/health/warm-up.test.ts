import { readdir } from 'node:fs/promises';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { postMessage } from '../support/post-message.js';

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway | undefined;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
}, 60_000);
afterEach(() => gateway?.stop());
afterAll(() => anthropic.close());

describe('a gateway that is warmed up', () => {
  it('records, logs and sends nothing of it, and leaves no file', async () => {
    gateway = await BuiltGateway.started({ ANTHROPIC_UPSTREAM_URL: anthropic.url, WARM_UP_REQUESTS: '20' });
    expect(anthropic.requests).toEqual([]);
    expect(gateway.lines[0]?.msg).toMatch(/^Claude Code Proxy listens on /);
    expect(await readdir(gateway.directory)).toEqual(['data']);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).not.toMatch(/^claude_proxy_requests_total\{/m);
    expect(metrics).toMatch(/^claude_proxy_in_flight 0$/m);

    expect((await postMessage(gateway)).status).toBe(200);
    expect(anthropic.requests).toHaveLength(1);
  });

  it('starts with a clear error where the number is not valid', async () => {
    gateway = await BuiltGateway.spawn({ ANTHROPIC_UPSTREAM_URL: anthropic.url, WARM_UP_REQUESTS: 'many' });
    const { code, stderr } = await gateway.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('WARM_UP_REQUESTS');
  });
});
