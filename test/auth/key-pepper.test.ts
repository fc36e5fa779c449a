import { hash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const PEPPER = 'the-first-pepper-of-this-test';

let anthropic: AnthropicSimulator;
let dataDirectory: string;
let gateway: RunningGateway;
const admin = adminApi(() => gateway);
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-pepper-'));
  gateway = await startedWith(PEPPER);
});
afterAll(async () => {
  await gateway.close();
  await anthropic.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

const startedWith = (pepper: string | undefined) =>
  startGateway({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    ANTHROPIC_API_KEY: 'sk-ant-api03-operator',
    FALLBACK_CHAIN: 'anthropic',
    CLIENT_AUTH: 'keys',
    DATA_DIR: dataDirectory,
    CLIENT_KEY_PEPPER: pepper,
  });
const restartWith = async (pepper: string | undefined) => {
  await gateway.close();
  gateway = await startedWith(pepper);
};
const storedText = async () => {
  const files = await readdir(dataDirectory, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(texts)).join();
};

it('a key of a store with a pepper: its own hash is not in the store, and it works with that pepper only', async () => {
  const { key, id } = (await admin.post('/api/keys', { name: 'laptop', user: 'alice' })).json;
  expect((await postMessage(gateway, { apiKey: key })).status).toBe(200);
  const stored = await storedText();
  expect(stored).toContain(id);
  expect(stored).not.toContain(hash('sha256', key));
  for (const wrong of ['another-pepper-of-this-test', undefined]) {
    await restartWith(wrong);
    const refused = await postMessage(gateway, { apiKey: key });
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(refused.text).toContain('CLIENT_KEY_PEPPER');
  }
  const { json: rotated } = await admin.post(`/api/keys/${id}/rotate`, { overlap_seconds: 60 });
  expect((await postMessage(gateway, { apiKey: rotated.key })).status).toBe(200);
  await restartWith(PEPPER);
  expect((await postMessage(gateway, { apiKey: key })).status).toBe(200);
  expect((await postMessage(gateway, { apiKey: rotated.key })).status).toBe(200);
});
