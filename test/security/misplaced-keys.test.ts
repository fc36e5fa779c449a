import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnthropicSimulator,
  type BedrockSimulator,
  rateLimited,
  refuse,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE } from '../support/post-json.js';

/** Part of every key, so that one case-insensitive search finds all of them. */
const MARK = 'ZQ7SECRET';
const KEYS = {
  'of Anthropic': `sk-ant-api03-${MARK}-AA`,
  'of Anthropic, in capitals': `SK-ANT-API03-${MARK}-AA`,
  'of OpenAI': `sk-proj-${MARK}0123456789`,
  'of AWS': `AKIA${MARK}1234567`,
  'of a session of AWS': `ASIA${MARK}1234567`,
  'of this gateway': `ccp_${MARK}0123456789`,
  'of this gateway, for a fleet': `ccf_${MARK}0123456789`,
  'of GitHub': `ghp_${MARK}0123456789abcdefghijklm`,
  'of GitHub, fine-grained': `github_pat_${MARK}0123456789`,
  'a bearer of JSON': `eyJhbGciOiJIUzI1NiJ9.${MARK}.sig`,
} as const;
const ADMIN = { 'x-admin-token': 'admin-token-of-misplaced-keys' };

let anthropic: AnthropicSimulator;
let bedrock: BedrockSimulator;
let gateway: BuiltGateway;
let directory: string;
const pages: string[] = [];

beforeAll(async () => {
  [anthropic, bedrock] = await Promise.all([startAnthropicSimulator(), startBedrockSimulator()]);
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-misplaced-'));
  gateway = await BuiltGateway.started({
    DATA_DIR: directory,
    LOG_LEVEL: 'debug',
    FALLBACK_CHAIN: 'anthropic,bedrock',
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_EC2_METADATA_DISABLED: 'true',
    ADMIN_TOKEN: ADMIN['x-admin-token'],
    MAX_RETRY_WAIT_SECONDS: '0',
    THROTTLE_LIMIT: '0',
    DRAIN_TIMEOUT_SECONDS: '2',
  });
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await Promise.all([anthropic.close(), bedrock.close()]);
  await rm(directory, { recursive: true, force: true });
});

const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { 'x-api-key': 'sk-ant-api03-caller', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text };
};
const page = async (path: string) => {
  pages.push((await ask('GET', path, undefined, ADMIN)).text);
};
const encodedWhole = (text: string) => [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');
const spellingsOf = (key: string) => [key, encodedWhole(key), encodedWhole(encodedWhole(key))];

describe.each(Object.entries(KEYS))('a key %s', (_kind, key) => {
  it('as a user id is refused, with a message that does not repeat it', async () => {
    for (const spelling of spellingsOf(key).slice(0, 2)) {
      const { status, text } = await ask('POST', `/user/${spelling}/v1/messages`, MESSAGE);
      expect([status, text]).toEqual([400, expect.stringContaining('looks like an API key')]);
      expect(text).not.toContain(MARK);
    }
    expect((await ask('POST', '/api/drills', { user: key, seconds: 1 }, ADMIN)).status).toBe(400);
    expect((await ask('DELETE', `/api/limits/${key}`, undefined, ADMIN)).status).toBe(400);
  });

  it('as a model is not stored, if the request is answered, limited or refused', async () => {
    await ask('POST', '/v1/messages', { ...MESSAGE, model: key });
    await ask('POST', '/v1/messages/stream', { ...MESSAGE, model: key });
    await ask('POST', '/v1/messages/count_tokens', { ...MESSAGE, model: key });
    await ask('POST', '/v1/chat/completions', { model: key, messages: MESSAGE.messages });
    await ask('POST', '/v1/responses', { model: key, input: 'hello' });
    for (const behaviour of [rateLimited({ retryAfterSeconds: 60 }), refuse(404, { message: `model: ${key}` })]) {
      anthropic.script(behaviour);
      await ask('POST', '/v1/messages', { ...MESSAGE, model: key });
    }
    await ask('GET', `/v1/models/${key}`);
  });

  it('as an id or in a query is not stored', async () => {
    for (const spelling of spellingsOf(key)) {
      for (const place of ['files', 'messages/batches', 'skills', 'models']) {
        await ask('GET', `/v1/${place}/${spelling}`);
        await ask('DELETE', `/user/alice/v1/${place}/${spelling}`);
      }
      await ask('POST', `/v1/messages?key=${spelling}`, MESSAGE);
      await ask('GET', `/v1/usage?user_id=${spelling}`, undefined, ADMIN);
      await ask('GET', `/api/requests?user=${spelling}&cursor=${spelling}`, undefined, ADMIN);
      await ask('GET', `/${spelling}`);
    }
  });

  it('in a header for a session, a request or a tool is not stored', async () => {
    const headers = ['x-claude-code-session-id', 'x-client-request-id', 'user-agent', 'anthropic-beta', 'x-request-id'];
    await ask('POST', '/v1/messages', MESSAGE, Object.fromEntries(headers.map((name) => [name, key])));
  });
});

it('none of these keys is in the log, in a file of the store, in metrics, in the live feed or on a page', async () => {
  const live = fetch(`${gateway.url}/api/live`, { headers: ADMIN }).then((response) => response.text());
  await ask('POST', '/v1/messages', { ...MESSAGE, model: KEYS['of Anthropic'] });
  const paths = [
    '/metrics',
    '/v1/usage',
    '/api/requests?limit=500',
    '/api/analytics?range=1h',
    '/api/limits',
    '/api/audit',
  ];
  for (const path of [...paths, '/api/drills', '/health/ready']) await page(path);
  gateway.signal('SIGTERM');
  const { stdout, stderr } = await gateway.ended;
  const names = await readdir(directory);
  const files = await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')));
  const places = { output: stdout + stderr, pages: pages.join(), live: await live, files: files.join() };
  const found = Object.entries(places).flatMap(([place, text]) =>
    [...text.matchAll(new RegExp(`.{0,60}${MARK}`, 'gi'))].map(([around]) => `${place}: ${around}`),
  );
  expect(found).toEqual([]);
  // Proves that the search works: a masked model is in all places.
  for (const text of Object.values(places)) expect(text).toContain('sk-***');
}, 60_000);
