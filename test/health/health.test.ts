import { TableStore } from '@claude-proxy/storage';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Lifecycle } from '../../apps/proxy/src/health/lifecycle.js';
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
  it('is ok although no upstream can be reached', async () => {
    expect(await get('/health')).toEqual({ status: 200, body: { status: 'ok', uptime_seconds: expect.any(Number) } });
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

  it('is degraded, and still ready for requests, where the store fails', async () => {
    const store = gateway.app.get(TableStore);
    const check = store.check;
    store.check = () => Promise.reject(new Error('gone'));
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded', store: 'failed' } });
    store.check = check;
  });

  it('is 503 only while draining, when /health is still ok', async () => {
    gateway.app.get(Lifecycle).isDraining = true;
    expect(await get('/health/ready')).toMatchObject({ status: 503, body: { status: 'draining' } });
    expect((await get('/health')).status).toBe(200);
    gateway.app.get(Lifecycle).isDraining = false;
  });
});
