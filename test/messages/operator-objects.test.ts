import type { UsageOfUser } from '@claude-proxy/admin-api';
import type { Usage } from '@claude-proxy/messages-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Exchange } from '../../apps/proxy/src/exchange/exchange.js';
import { CostService } from '../../apps/proxy/src/prices/cost.service.js';
import { adminApi } from '../support/admin-api.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { startWorkspace } from '../support/start-workspace.js';

const OPERATOR_KEY = 'sk-ant-api03-operator';
const ADMIN_TOKEN = 'admin-token-of-operator-objects';
const KINDS = ['messages/batches', 'files', 'skills'];

const lineOf = (model: string, usage: Record<string, unknown>) =>
  JSON.stringify({ custom_id: 'x', result: { type: 'succeeded', message: { model, usage } } });
const RESULTS = [
  lineOf('claude-opus-5-5', { input_tokens: 1_000, output_tokens: 100, service_tier: 'batch' }),
  lineOf('claude-opus-5-5', { input_tokens: 2_000, output_tokens: 50 }),
  JSON.stringify({ custom_id: 'y', result: { type: 'errored', error: {} } }),
  'not JSON',
  lineOf('claude-haiku-4-5', { input_tokens: 10, output_tokens: 1, service_tier: 'batch' }),
].join('\n');

let workspace: Awaited<ReturnType<typeof startWorkspace>>;
let gateway: RunningGateway;
const settings = () => ({
  ANTHROPIC_UPSTREAM_URL: workspace.url,
  FALLBACK_CHAIN: 'anthropic',
  ANTHROPIC_API_KEY: OPERATOR_KEY,
  ADMIN_TOKEN,
});

beforeAll(async () => {
  workspace = await startWorkspace({ resultsOf: () => RESULTS });
  gateway = await startGateway(settings());
});
afterAll(async () => {
  await gateway.close();
  await workspace.close();
});

const ask = async (user: string, method: string, path: string, headers: Record<string, string> = {}, at = gateway) => {
  const body = method === 'POST' ? '{"requests":[]}' : null;
  const response = await fetch(`${at.url}/user/${user}/v1/${path}`, { method, headers, body });
  const content = await response.text();
  return { status: response.status, content, json: parsed(content) };
};
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
function parsed(content: string): any {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
const make = async (user: string, kind: string): Promise<string> => (await ask(user, 'POST', kind)).json.id;

describe.each(KINDS)("%s made with the operator's key", (kind) => {
  it('can be read, listed and deleted by their maker', async () => {
    const id = await make('alice', kind);
    expect((await ask('alice', 'GET', `${kind}/${id}`)).json.id).toBe(id);
    expect((await ask('alice', 'GET', kind)).json.data.map((each: { id: string }) => each.id)).toContain(id);
    expect((await ask('alice', 'DELETE', `${kind}/${id}`)).status).toBe(200);
    expect((await ask('alice', 'GET', kind)).content).not.toContain(`"${id}"`);
  });

  it.each([
    ['GET', ''],
    ['HEAD', ''],
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['GET', '/results'],
    ['GET', '/content'],
    ['GET', '/versions'],
    ['POST', '/versions'],
  ])('do not exist for another user: %s …%s', async (method, part) => {
    const id = await make('alice', kind);
    const before = workspace.asked.length;
    const { status, json } = await ask('bob', method, `${kind}/${id}${part}`);
    expect(status).toBe(404);
    if (method !== 'HEAD') expect(json).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    expect((await ask('bob', method, `${kind}/${id.replace('_', '%5F')}${part}`)).status).toBe(404);
    expect(workspace.asked).toHaveLength(before);
  });

  it('are not in the list of another user, not even as an edge of its page', async () => {
    const [first, own, last] = [await make('alice', kind), await make('carol', kind), await make('alice', kind)];
    const { content, json } = await ask('carol', 'GET', `${kind}?limit=1`);
    expect(content).toContain(`"${own}"`);
    for (const id of [first, last]) expect(content).not.toContain(`"${id}"`);
    expect(json).toMatchObject({ has_more: kind === 'skills' });
  });

  it('are all accessible with the admin token', async () => {
    const id = await make('alice', kind);
    const admin = { 'x-admin-token': ADMIN_TOKEN };
    expect((await ask('ops', 'GET', `${kind}/${id}`, admin)).json.id).toBe(id);
    expect((await ask('ops', 'GET', kind, admin)).content).toContain(`"${id}"`);
  });

  it('are not restricted for callers with a key of their own, whose access Anthropic decides', async () => {
    const id = await make('alice', kind);
    const own = { 'x-api-key': 'sk-ant-api03-own' };
    expect((await ask('bob', 'GET', `${kind}/${id}`, own)).json.id).toBe(id);
    expect((await ask('bob', 'GET', kind, own)).content).toContain(`"${id}"`);
  });

  it('are accessible by id, but not listed, if no user made them through the gateway', async () => {
    workspace.place(kind, `${kind.split('/').at(-1)}_elsewhere`);
    expect((await ask('bob', 'GET', `${kind}/${kind.split('/').at(-1)}_elsewhere`)).status).toBe(200);
    expect((await ask('bob', 'GET', kind)).content).not.toContain('_elsewhere');
  });
});

const SOURCES: [name: string, kind: string, source: (id: string) => string][] = [
  ['a file', 'files', (id) => `{"type":"document","source":{"type":"file","file_id":"${id}"}}`],
  ['a file for the sandbox', 'files', (id) => `{"type":"container_upload","file_id":"${id}"}`],
  ['a file whose member is escaped', 'files', (id) => `{"source":{"\\u0066ile_id" : "\\u0066${id.slice(1)}"}}`],
  ['a skill', 'skills', (id) => `{"container":{"skills":[{"type":"custom","skill_id":"${id}"}]}}`],
];

describe.each(SOURCES)('%s in a request', (_name, kind, source) => {
  const messageWith = (id: string) =>
    `{"model":"claude-opus-5-5","max_tokens":9,"messages":[{"role":"user","content":[${source(id)}]}]}`;
  const batchWith = (id: string, padding = 0) =>
    `{"requests":[{"custom_id":"${'x'.repeat(padding)}","params":${messageWith(id)}}]}`;
  const send = async (user: string, path: string, body: string, headers: Record<string, string> = {}) => {
    const all = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers };
    const response = await fetch(`${gateway.url}/user/${user}/v1/${path}`, { method: 'POST', headers: all, body });
    return { status: response.status, json: parsed(await response.text()) };
  };

  it.each([
    ['messages', messageWith],
    ['messages/stream', messageWith],
    ['messages/count_tokens', messageWith],
    ['messages/batches', batchWith],
    ['messages/batches', (id: string) => batchWith(id, 1_000_000)],
  ])('of another user does not exist at /v1/%s', async (path, bodyWith) => {
    const id = await make('alice', kind);
    const before = workspace.objectsOf('messages/batches').length;
    expect(await send('bob', path, bodyWith(id))).toMatchObject({
      status: 404,
      json: { type: 'error', error: { type: 'not_found_error', message: expect.stringContaining(id) } },
    });
    expect(workspace.objectsOf('messages/batches')).toHaveLength(before);
  });

  it.each([
    ['of its maker', 'alice', {}],
    ['sent with the admin token', 'bob', { 'x-admin-token': ADMIN_TOKEN }],
    ['of a caller with a key of their own', 'bob', { 'x-api-key': 'sk-ant-api03-own' }],
  ])('%s is relayed', async (_whose, user, headers) => {
    const id = await make('alice', kind);
    expect((await send(user, 'messages', messageWith(id), headers)).status).toBe(200);
    expect((await send(user, 'messages/batches', batchWith(id), headers)).status).toBe(200);
  });

  it('is relayed if it was not made through the gateway', async () => {
    expect((await send('bob', 'messages', messageWith('file_elsewhere'))).status).toBe(200);
  });
});

describe('a batch', () => {
  it("that is compressed is refused for the operator's key, because its references cannot be read", async () => {
    const headers = { 'content-encoding': 'gzip' };
    const { status, json } = await ask('bob', 'POST', 'messages/batches', headers);
    expect([status, json.error.type]).toEqual([400, 'invalid_request_error']);
  });
});

describe('makers', () => {
  it('are remembered after a restart', async () => {
    const DATA_DIR = gateway.dataDirectory;
    const id = await make('alice', 'files');
    const other = await startGateway({ ...settings(), DATA_DIR });
    expect((await ask('bob', 'GET', `files/${id}`, {}, other)).status).toBe(404);
    expect((await ask('alice', 'GET', `files/${id}`, {}, other)).status).toBe(200);
    await other.close();
  });

  it('skills of Anthropic are in the list of every user', async () => {
    expect((await ask('newcomer', 'GET', 'skills')).json.data.map((each: { id: string }) => each.id)).toEqual(['pptx']);
  });
});

describe('the results of a batch', () => {
  const { written } = adminApi(() => gateway);

  it('are counted once for the maker, at batch prices, when they are read', async () => {
    const id = await make('dora', 'messages/batches');
    for (let reads = 0; reads < 3; reads += 1) {
      expect((await ask('dora', 'GET', `messages/batches/${id}/results`)).content).toBe(RESULTS);
      await written();
    }
    const { total_input_tokens, total_output_tokens, total_cost_usd } = await summaryOf('dora');
    expect([total_input_tokens, total_output_tokens]).toEqual([3_010, 151]);
    expect(total_cost_usd).toBeCloseTo(fullPrice() / 2, 9);
  });

  it('of callers with a key of their own are not counted', async () => {
    const own = { 'x-api-key': 'sk-ant-api03-own' };
    const { json } = await ask('erik', 'POST', 'messages/batches', own);
    await ask('erik', 'GET', `messages/batches/${json.id}/results`, own);
    await written();
    expect((await summaryOf('erik')).total_input_tokens).toBe(0);
  });

  async function summaryOf(user: string) {
    const response = await fetch(`${gateway.url}/v1/usage/me?claude-code-user=${user}`, {
      headers: { 'x-admin-token': ADMIN_TOKEN },
    });
    return ((await response.json()) as UsageOfUser).summary;
  }

  /** The cost in dollars at normal prices, without the batch discount. */
  function fullPrice(): number {
    const answers: [model: string, usage: Usage][] = [
      ['claude-opus-5-5', { input_tokens: 3_000, output_tokens: 150 }],
      ['claude-haiku-4-5', { input_tokens: 10, output_tokens: 1 }],
    ];
    const costs = answers.map(([model, usage]) => {
      const exchange = Object.assign(new Exchange('x', 'messages', ''), { model, usage, upstream: 'anthropic' });
      return gateway.app.get(CostService, { strict: false }).costOf(exchange)!;
    });
    return costs.reduce((sum, cost) => sum + cost) / 1e9;
  }
});
