import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreatedKey } from '@claude-proxy/admin-api';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { CLIENT_HEADERS, MESSAGE } from '../support/post-json.js';

const ADMIN = { 'x-admin-token': 'admin-token-of-this-test' };
const WINDOW = 8;
const ADMIN_PATHS = ['/api/keys', '/api/audit', '/api/requests?limit=500', '/api/analytics?range=1h', '/metrics'];

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway;
let directory: string;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-key-secrets-'));
  gateway = await BuiltGateway.started({
    ...{ ADMIN_TOKEN: ADMIN['x-admin-token'], DATA_DIR: directory, LOG_LEVEL: 'debug', CLIENT_AUTH: 'keys' },
    ...{ ANTHROPIC_UPSTREAM_URL: anthropic.url, ANTHROPIC_API_KEY: 'sk-ant-operator' },
  });
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await anthropic.close();
  await rm(directory, { recursive: true, force: true });
});

const admin = async (method: string, path: string, body?: unknown): Promise<string> => {
  const init = { method, headers: ADMIN, ...(body !== undefined && { body: JSON.stringify(body) }) };
  return (await fetch(gateway.url + path, init)).text();
};
const post = async (path: string, headers: Record<string, string>, body: unknown = MESSAGE): Promise<string> => {
  const { 'x-api-key': _none, ...common } = CLIENT_HEADERS;
  const init = { method: 'POST', headers: { ...common, ...headers }, body: JSON.stringify(body) };
  const response = await fetch(gateway.url + path, init);
  return JSON.stringify([...response.headers]) + (await response.text());
};
const secretOf = ({ key }: CreatedKey) => key.slice('ccp_12345678_'.length);
const windowsOf = (secret: string) =>
  Array.from({ length: secret.length - WINDOW + 1 }, (_, start) => secret.slice(start, start + WINDOW));

/** Right and wrong keys in right and wrong places. */
async function useEverywhere({ key, id }: CreatedKey): Promise<string[]> {
  const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
  const places = [key, wrong].flatMap((text) => [
    post('/v1/messages', { 'x-api-key': text }),
    post('/v1/messages', { authorization: `Bearer ${text}` }),
    post('/v1/messages', { 'x-claude-proxy-key': text }),
    post(`/v1/messages?key=${text}`, { 'x-api-key': key }),
    post(`/user/${text}/v1/messages`, { 'x-api-key': key }),
    post(`/v1/files/${text}`, { 'x-api-key': key }),
    post('/v1/messages', { 'x-api-key': key, authorization: `Bearer ${wrong}` }),
    post('/v1/messages', { 'x-api-key': key, 'x-claude-proxy-drill': text }),
    post('/v1/chat/completions', { authorization: `Bearer ${text}` }, { model: text, messages: [] }),
  ]);
  const adminPlaces = [
    admin('GET', `/api/keys/${key}`),
    admin('PATCH', `/api/keys/${key}`, { name: 'x' }),
    admin('PATCH', `/api/keys/${id}`, { [key]: 1 }),
    admin('DELETE', `/api/limits/${key}`),
  ];
  return Promise.all([...places, ...adminPlaces]);
}

describe('K1: the secret of a client key', () => {
  it('is shown once, and no 8 characters of it are in answers, admin answers, logs, metrics or files', async () => {
    const created = JSON.parse(await admin('POST', '/api/keys', { name: 'laptop', user: 'alice' })) as CreatedKey;
    const answers = await useEverywhere(created);
    const rotated = JSON.parse(await admin('POST', `/api/keys/${created.id}/rotate`, {})) as CreatedKey;
    answers.push(...(await useEverywhere(rotated)));
    await admin('DELETE', `/api/keys/${created.id}`);
    answers.push(...(await useEverywhere(rotated)));
    for (const path of ADMIN_PATHS) answers.push(await admin('GET', path));
    gateway.signal('SIGTERM');
    const { stdout, stderr } = await gateway.ended;
    const files = (await readdir(directory)).filter((name) => name !== 'admin-token');
    const contents = await Promise.all(files.map((name) => readFile(join(directory, name), 'latin1')));
    const places = { answers: answers.join('\n'), output: stdout + stderr, files: contents.join('\n') };
    expect(places.files).toContain(created.id);
    expect(places.output).toContain(created.id);
    for (const [place, text] of Object.entries(places)) {
      const found = [created, rotated].flatMap((key) => windowsOf(secretOf(key))).filter((part) => text.includes(part));
      expect([place, found]).toEqual([place, []]);
    }
  });
});
