import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createGateway } from '../../apps/proxy/src/gateway.js';
import { freePort } from '../support/free-port.js';
import { MESSAGE, postJson } from '../support/post-json.js';

let port: number;
let app: Awaited<ReturnType<typeof createGateway>>;
let directory: string;

beforeAll(async () => {
  [port, directory] = [await freePort(), await mkdtemp(join(tmpdir(), 'claude-proxy-loop-'))];
  app = await createGateway({
    LOG_LEVEL: 'silent',
    DATA_DIR: directory,
    FALLBACK_CHAIN: 'anthropic',
    ANTHROPIC_UPSTREAM_URL: `http://127.0.0.1:${port}/user/looper`,
  });
  await app.listen(port, '127.0.0.1');
});
afterAll(async () => {
  app.getHttpServer().closeAllConnections();
  await app.close();
  await rm(directory, { recursive: true, force: true });
});

describe('a gateway whose upstream is itself says so at once', () => {
  it.each([
    ['reached under the same name', '127.0.0.1', '/v1/messages'],
    ['reached under another name', 'localhost', '/v1/messages'],
    ['asked for models', 'localhost', '/v1/models'],
  ])('%s', async (_name, host, path) => {
    const startedMs = performance.now();
    const url = `http://${host}:${port}${path}`;
    const headers = { 'x-api-key': 'sk-ant-api03-caller' };
    const response = path === '/v1/models' ? await fetch(url, { headers }) : await postJson(url, MESSAGE);
    expect(response.status).toBe(500);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'api_error',
        message: expect.stringContaining('ANTHROPIC_UPSTREAM_URL points at this gateway itself'),
      },
    });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
