import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { listenLive } from '../support/listen-live.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { type Stage, startStage } from '../support/start-stage.js';

const VPC = 'vpc-0a1b2c3d4e5f60718';
const IMAGE = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ MASKING_SCOPES: '{"user:alice": "on", "team:core": "on"}' });
});
afterAll(() => stage.close());
beforeEach(() => stage.anthropic.reset());

const api = adminApi(() => stage.gateway);
const keyOf = async (order: object) =>
  (await api.post('/api/keys', { name: 'laptop', user: 'bob', ...order })).json.key;
const post = async (content: unknown, { path = '', key = '' } = {}) => {
  const headers = { ...CLIENT_HEADERS, ...(key && { 'x-claude-proxy-key': key }) };
  const body = { ...MESSAGE, messages: [{ role: 'user', content }] };
  const answered = await postJson(`${stage.gateway.url}${path}/v1/messages`, body, { headers });
  await answered.text();
  return answered.headers.get('x-claude-proxy-exchange')!;
};

describe('with MASKING=off', () => {
  it('requests of a key, user or team that is switched on are masked, and no others', async () => {
    await post(VPC);
    await post(VPC, { path: '/user/alice' });
    await post(VPC, { key: await keyOf({ masking: 'on' }) });
    await post(VPC, { key: await keyOf({ team: 'core' }) });
    await post(VPC, { key: await keyOf({ team: 'core', masking: 'off' }) });
    const sent = await Promise.all([0, 1, 2, 3, 4].map((index) => stage.anthropic.requestAt(index)));
    expect(sent.map(({ body }) => String(body).includes(VPC))).toEqual([true, false, false, false, true]);
  });

  it('an unknown content coding is refused with 415 only where masking has to read the body', async () => {
    const statusOf = async (path: string) => {
      const headers = { ...CLIENT_HEADERS, 'content-encoding': 'snappy' };
      return (await fetch(`${stage.gateway.url}${path}/v1/messages`, { method: 'POST', headers, body: 'x' })).status;
    };
    expect([await statusOf(''), await statusOf('/user/alice')]).toEqual([400, 415]);
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('an access key is an event for operators and a line of the page, once for all turns of a conversation', async () => {
    const live = await listenLive(stage.gateway);
    await post('AKIAQ3EGRMB5T2YKL7XA', { path: '/user/alice' });
    const request = await post('again AKIAQ3EGRMB5T2YKL7XA', { path: '/user/alice' });
    const [event, ...others] = await live.operatorEvents('user:alice', 1);
    expect(event).toMatchObject({ type: 'credential.seen', details: { rule: 'ACCESS_KEY_ID' } });
    expect(event!.text).toMatch(/rotate it/);
    expect(JSON.stringify(event)).not.toContain('AKIAQ3');
    expect(others).toEqual([]);
    await api.ended();
    const { figures } = (await api.ask('/api/masking/rules')).json;
    expect(figures.alarms).toEqual([
      { rule: 'ACCESS_KEY_ID', user: 'alice', request, at: expect.any(Number), requests: 2 },
    ]);
    await live.close();
  });

  it('images that pass unmasked are counted', async () => {
    const id = await post([{ type: 'text', text: VPC }, IMAGE, IMAGE], { path: '/user/alice' });
    await post([IMAGE], { path: '/user/alice' });
    await api.written();
    expect((await api.ask(`/api/requests/${id}`)).json.masking).toMatchObject({ blobs: 2, replaced: { VPC: 1 } });
    expect((await api.ask('/api/masking/rules')).json.figures.blobs).toBe(3);
    expect((await api.ask('/metrics')).text).toContain('claude_proxy_masked_total{rule="BLOB",direction="passed"} 3');
  });
});
