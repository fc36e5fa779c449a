import type { Readiness } from '@claude-proxy/admin-api';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lifecycle } from '../../apps/proxy/src/health/lifecycle.js';
import { adminTokenOf } from '../support/admin-api.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: 'http://127.0.0.1:1', FALLBACK_CHAIN: 'anthropic' });
});
afterAll(() => gateway.close());

const get = async (path: string) => {
  const response = await fetch(gateway.url + path);
  return { status: response.status, body: await response.json() };
};

describe('/health', () => {
  it('is ok without a reachable upstream', async () => {
    const body = { status: 'ok', uptime_seconds: expect.any(Number), version: expect.stringMatching(/^\d+\.\d+\.\d+/) };
    expect(await get('/health')).toEqual({ status: 200, body });
  });
});

describe('/health/ready', () => {
  it('names the store and every upstream', async () => {
    expect(await get('/health/ready')).toEqual({
      status: 200,
      body: {
        status: 'ready',
        store: 'ok',
        upstreams: [{ name: 'anthropic', usable: true, detail: 'sends to http://127.0.0.1:1' }],
      },
    });
  });

  it('shows the targets of requests to operators only, and answers all callers', async () => {
    const token = { 'x-admin-token': adminTokenOf(gateway) };
    const detailFor = async (headers: Record<string, string>) => {
      const response = await fetch(`${gateway.url}/health/ready`, { headers });
      const { upstreams } = (await response.json()) as Readiness;
      return [response.status, upstreams[0]!.usable, upstreams[0]!.detail];
    };
    const open = [200, true, 'sends to http://127.0.0.1:1'];
    const closed = [200, true, ''];
    expect(await detailFor({ ...token, 'x-real-ip': '10.0.0.1' })).toEqual(open);
    expect(await detailFor({ 'x-real-ip': '10.0.0.1' })).toEqual(closed);
    // Also after five wrong tokens, which are counted as at every other endpoint.
    for (let times = 0; times < 7; times += 1) expect(await detailFor({ 'x-admin-token': 'wrong' })).toEqual(closed);
    const { status } = await fetch(`${gateway.url}/api/limits`, { headers: { 'x-admin-token': 'wrong' } });
    expect(status).toBe(429);
  });

  it('is degraded, and still ready for requests, if the store fails', async () => {
    const store = gateway.app.get(TableStore);
    const check = store.check;
    store.check = () => Promise.reject(new Error('gone'));
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded', store: 'failed' } });
    store.check = check;
  });

  it('is 503 only during the drain, while /health is still ok', async () => {
    gateway.app.get(Lifecycle).isDraining = true;
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'draining' } });
    expect((await get('/health')).status).toBe(200);
    gateway.app.get(Lifecycle).isDraining = false;
  });
});
