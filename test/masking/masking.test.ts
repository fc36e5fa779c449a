import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { answer, overloaded, raw, refuse } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

const ADMIN_TOKEN = 'admin-token-of-the-masking-test';
const SECRET = 'a-secret-of-the-masking-test';
const ROLE = 'arn:aws:iam::204813579264:role/ci-deployer';
const VPC = 'vpc-0a1b2c3d4e5f60718';
const SETTINGS = {
  MASKING: 'aws',
  MASKING_SECRET: SECRET,
  MASKING_VAULT: 'table',
  FALLBACK_FOR: 'anyone',
  ADMIN_TOKEN,
};

let stage: Stage;
beforeAll(async () => {
  stage = await startStage(SETTINGS);
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});

const said = (content: unknown) => ({ ...MESSAGE, messages: [{ role: 'user', content }] });
const post = (body: unknown, path = '/v1/messages', gateway: RunningGateway = stage.gateway) =>
  postJson(`${gateway.url}${path}`, body);
const sentText = async (index: number) => String((await stage.anthropic.requestAt(index)).body);
// biome-ignore lint/suspicious/noExplicitAny: answers have every shape
const jsonOf = async (response: Response): Promise<any> => response.json();
/** What the upstream gets for a text. */
const maskedOf = async (text: string) => {
  const index = stage.anthropic.requests.length;
  await (await post(said(text))).text();
  const { messages } = JSON.parse(await sentText(index));
  return messages[0].content as string;
};

describe('masking', () => {
  it('sends placeholders to Anthropic and restores them in a message and in the input of a tool', async () => {
    const role = await maskedOf(ROLE);
    expect(role).toMatch(/^arn:aws:iam::9\d{11}:role\/x[a-z]-[a-z]{8}$/);
    stage.anthropic.script(
      answer({ text: `use ${role}`, toolUse: { name: 'bash', input: { command: `echo ${role}` } } }),
    );
    const message = await jsonOf(await post(said(`see ${ROLE}`)));
    expect(message.content[0].text).toBe(`use ${ROLE}`);
    expect(message.content.at(-1).input).toEqual({ command: `echo ${ROLE}` });
  });

  it('M5 restores a stream in single characters', async () => {
    const vpc = await maskedOf(VPC);
    const input = { path: '/tmp/x', content: `id: "${vpc}"\n` };
    stage.anthropic.script(
      answer({ text: `in ${vpc}.`, toolUse: { name: 'write', input }, deltaLength: 1, splitEveryBytes: 7 }),
    );
    const stream = await (await post({ ...said(VPC), stream: true })).text();
    const events = [...stream.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
    const joined = (member: string) => events.map(({ delta }) => delta?.[member] ?? '').join('');
    expect(joined('text')).toBe(`in ${VPC}.`);
    expect(JSON.parse(joined('partial_json'))).toEqual({ ...input, content: `id: "${VPC}"\n` });
    expect(events.at(-1).type).toBe('message_stop');
  });

  it('M6 leaves thinking and signatures as they are, both ways', async () => {
    const vpc = await maskedOf(VPC);
    stage.anthropic.script(answer({ thinking: `about ${vpc}`, text: 'ok' }));
    const message = await jsonOf(await post(said(VPC)));
    const [thinking] = message.content;
    expect(thinking.thinking).toBe(`about ${vpc}`);
    const index = stage.anthropic.requests.length;
    await post({
      ...MESSAGE,
      messages: [
        { role: 'user', content: VPC },
        { role: 'assistant', content: message.content },
        { role: 'user', content: 'on' },
      ],
    });
    expect(JSON.parse(await sentText(index)).messages[1].content[0]).toEqual(thinking);
  });

  it('M13 gives the same placeholders in every dialect, by user, to Bedrock, and to the token count', async () => {
    const masked = await maskedOf(`in ${VPC}`);
    const bearer = { ...CLIENT_HEADERS, authorization: 'Bearer sk-ant-api03-caller' };
    await post(said(`in ${VPC}`), '/user/bob/v1/messages');
    await post({ model: MESSAGE.model, messages: said(`in ${VPC}`).messages }, '/v1/messages/count_tokens');
    await postJson(`${stage.gateway.url}/v1/chat/completions`, said(`in ${VPC}`), { headers: bearer });
    await postJson(
      `${stage.gateway.url}/v1/responses`,
      { model: MESSAGE.model, input: `in ${VPC}` },
      { headers: bearer },
    );
    await post({ requests: [{ custom_id: 'a', params: said(`in ${VPC}`) }] }, '/v1/messages/batches');
    for (const index of [1, 2, 3, 4, 5]) expect(await sentText(index)).toContain(masked);
    stage.anthropic.script(overloaded());
    stage.bedrock.script(answer({ text: `from ${masked}` }));
    expect(await (await post(said(`in ${VPC}`))).text()).toContain(`from in ${VPC}`);
    expect(String((await stage.bedrock.requestAt(0)).body)).toContain(masked);
    expect(
      [...stage.anthropic.requests, ...stage.bedrock.requests].map(({ body }) => String(body)).join(''),
    ).not.toContain(VPC);
  });

  it('M5 restores the stream of a fallback upstream, inputs of tools included', async () => {
    const vpc = await maskedOf(VPC);
    stage.anthropic.script(overloaded());
    stage.bedrock.script(answer({ text: `in ${vpc}`, toolUse: { name: 'write', input: { id: vpc } }, deltaLength: 3 }));
    const stream = await (await post({ ...said(VPC), stream: true })).text();
    const deltas = [...stream.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!).delta);
    const joined = (member: string) => deltas.map((delta) => delta?.[member] ?? '').join('');
    expect(joined('text')).toBe(`in ${VPC}`);
    expect(JSON.parse(joined('partial_json'))).toEqual({ id: VPC });
  });

  it('restores a chat completion, whole and streamed', async () => {
    const vpc = await maskedOf(VPC);
    const headers = { ...CLIENT_HEADERS, authorization: 'Bearer sk-ant-api03-caller' };
    for (const stream of [false, true]) {
      stage.anthropic.script(answer({ text: `in ${vpc}.`, deltaLength: 2 }));
      const url = `${stage.gateway.url}/v1/chat/completions`;
      const text = await (await postJson(url, { ...said(VPC), stream }, { headers })).text();
      const content = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');
      expect(content).toContain(`in ${VPC}.`);
    }
  });

  it('restores a refusal that quotes the request', async () => {
    const vpc = await maskedOf(VPC);
    stage.anthropic.script(refuse(400, { message: `messages.0: bad ${vpc}` }));
    const refused = await post(said(VPC));
    expect(refused.status).toBe(400);
    expect((await jsonOf(refused)).error.message).toBe(`messages.0: bad ${VPC}`);
  });

  it('masks a compressed request, and reads a compressed answer', async () => {
    const vpc = await maskedOf(VPC);
    stage.anthropic.script(answer({ text: vpc, encoding: 'gzip' }));
    const headers = { ...CLIENT_HEADERS, 'content-encoding': 'gzip' };
    const answered = await fetch(`${stage.gateway.url}/v1/messages`, {
      method: 'POST',
      headers,
      body: gzipSync(JSON.stringify(said(VPC))),
    });
    expect((await jsonOf(answered)).content[0].text).toBe(VPC);
    expect(await sentText(1)).toContain(vpc);
  });

  it('passes a request without identifiers byte for byte', async () => {
    const body = '{ "model":"claude-opus-5-5", "max_tokens": 64,"messages":[{"role":"user","content":"hel\\u006co"}] }';
    await fetch(`${stage.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { ...CLIENT_HEADERS, 'accept-encoding': 'br' },
      body,
    });
    expect(await sentText(0)).toBe(body);
    expect((await stage.anthropic.requestAt(0)).headers['accept-encoding']).toBe('br');
  });

  it('M9 leaves an id that the model made up', async () => {
    stage.anthropic.script(answer({ text: 'i-0123456789abcdef0' }));
    expect((await jsonOf(await post(said(VPC)))).content[0].text).toBe('i-0123456789abcdef0');
  });

  it('restores the results of a batch', async () => {
    const vpc = await maskedOf(VPC);
    const json = { 'content-type': 'application/json' };
    stage.anthropic.scriptAt(
      '/v1/messages/batches',
      raw({ status: 200, headers: json, body: '{"id":"msgbatch_1","type":"message_batch"}' }),
    );
    await post({ requests: [{ custom_id: 'a', params: said(VPC) }] }, '/v1/messages/batches');
    const path = '/v1/messages/batches/msgbatch_1/results';
    const line = (text: string) =>
      `${JSON.stringify({ custom_id: text, result: { type: 'succeeded', message: { content: [{ type: 'text', text }] } } })}\n`;
    const headers = { 'content-type': 'application/x-jsonl' };
    stage.anthropic.scriptAt(
      path,
      raw({ status: 200, headers, body: line(`a ${vpc}`) + line('b') + line(`c ${vpc}.`) }),
    );
    const results = await fetch(`${stage.gateway.url}${path}`, { headers: CLIENT_HEADERS });
    expect(await results.text()).toBe(
      line(`a ${VPC}`).replace(`"a ${VPC}"`, `"a ${vpc}"`) +
        line('b') +
        line(`c ${VPC}.`).replace(`"c ${VPC}."`, `"c ${vpc}."`),
    );
  });

  it('refuses to continue a thread that the API keeps, so that the SDK sends it whole', async () => {
    const refused = await post({ ...said('x'), thread: { type: 'continue', previous_message_id: 'msg_1' } });
    expect(refused.status).toBe(404);
    expect((await jsonOf(refused)).error.details.error_code).toBe('thread_not_found');
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('M11 refuses an unknown content coding, and nothing leaves', async () => {
    const headers = { ...CLIENT_HEADERS, 'content-encoding': 'snappy' };
    for (const path of ['/v1/messages', '/v1/messages/batches']) {
      const refused = await fetch(`${stage.gateway.url}${path}`, { method: 'POST', headers, body: 'x' });
      expect(refused.status).toBe(415);
      expect(refused.headers.get('x-should-retry')).toBe('false');
      expect((await jsonOf(refused)).type).toBe('error');
    }
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('M11 refuses with 503 what it cannot walk, and nothing leaves', async () => {
    const deep = `${'['.repeat(400)}${']'.repeat(400)}`;
    const body = JSON.stringify(said('x')).replace('"x"', deep);
    const refused = await fetch(`${stage.gateway.url}/v1/messages`, { method: 'POST', headers: CLIENT_HEADERS, body });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect((await jsonOf(refused)).error.type).toBe('api_error');
    expect([...stage.anthropic.requests, ...stage.bedrock.requests]).toHaveLength(0);
  });

  it('M7 leaves no identifier in the store, the log of requests and the metrics, and counts by rule', async () => {
    const answered = await post(said(`see ${ROLE} and AKIAQ3EGRMB5T2YKL7XA`));
    await answered.text();
    const id = answered.headers.get('x-claude-proxy-exchange')!;
    const api = adminApi(() => stage.gateway);
    await api.written();
    const detail = await api.ask(`/api/requests/${id}`);
    expect(detail.json.masking.replaced).toEqual({ ARN_IAM: 2, ACCESS_KEY_ID: 1 });
    const metrics = await (
      await fetch(`${stage.gateway.url}/metrics`, { headers: { 'x-admin-token': ADMIN_TOKEN } })
    ).text();
    expect(metrics).toContain('claude_proxy_masked_total{rule="ARN_IAM",direction="masked"}');
    const { dataDirectory } = stage.gateway;
    const files = await Promise.all(
      (await readdir(dataDirectory)).map((name) => readFile(join(dataDirectory, name), 'latin1')),
    );
    expect(`${files.join('')}${metrics}${detail.text}`).not.toMatch(
      /204813579264|ci-deployer|AKIAQ3EGRMB5T2YKL7XA|0a1b2c3d4e5f60718/,
    );
  });

  it('leaves requests of a key with masking off alone, and keeps the teams of keys apart', async () => {
    const api = adminApi(() => stage.gateway);
    const sent: string[] = [];
    const orders = [{ masking: 'off' }, { masking: 'on' }, { team: 'one' }, { team: 'two' }];
    for (const order of orders) {
      const { json } = await api.post('/api/keys', { name: 'laptop', user: 'alice', ...order });
      const headers = { ...CLIENT_HEADERS, 'x-claude-proxy-key': json.key };
      await (await postJson(`${stage.gateway.url}/v1/messages`, said(ROLE), { headers })).text();
      sent.push(await sentText(sent.length));
    }
    expect(sent[0]).toContain(ROLE);
    expect(new Set(sent).size).toBe(orders.length);
    expect(sent.slice(1).join('')).not.toContain('204813579264');
  });

  it('previews a text, and lists the rules', async () => {
    const api = adminApi(() => stage.gateway);
    const { json: body } = await api.post('/api/masking/preview', { text: `를 ${VPC}` });
    expect(body.matches).toEqual([{ rule: 'VPC', start: 2, end: 23 }]);
    expect(body.masked).toBe(`를 ${await maskedOf(VPC)}`);
    const rules = (await api.ask('/api/masking/rules')).json;
    expect(rules.rules).toHaveLength(108);
    expect(
      rules.rules.filter(({ is_on }: { is_on: boolean }) => !is_on).map(({ name }: { name: string }) => name),
    ).toEqual(['PRIVATE_IPV4', 'PUBLIC_IPV4', 'IPV6_AWS']);
  });
});

describe('two gateways', () => {
  it('M4 with one secret send the same bytes; M8 with two secrets unrelated ones', async () => {
    const upstreams = { ANTHROPIC_UPSTREAM_URL: stage.anthropic.url };
    const same = await startGateway({ ...upstreams, MASKING: 'aws', MASKING_SECRET: SECRET });
    const other = await startGateway({ ...upstreams, MASKING: 'aws', MASKING_SECRET: 'another' });
    for (const gateway of [stage.gateway, same, other]) await (await post(said(ROLE), '/v1/messages', gateway)).text();
    const [first, second, third] = await Promise.all([0, 1, 2].map(sentText));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    // What the other one has sent is not restored here.
    stage.anthropic.script(answer({ text: JSON.parse(third!).messages[0].content }));
    expect((await jsonOf(await post(said(ROLE)))).content[0].text).not.toContain(ROLE);
    await Promise.all([same.close(), other.close()]);
  });

  it('keeps its secret in the data directory', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'masking-'));
    const sent: string[] = [];
    for (const run of [0, 1]) {
      const gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: stage.anthropic.url, MASKING: 'aws', DATA_DIR });
      await (await post(said(ROLE), '/v1/messages', gateway)).text();
      sent.push(await sentText(run));
      await gateway.close();
    }
    expect(sent[0]).toBe(sent[1]);
  });
});

describe('a gateway with MASKING_BLOBS=refuse and no vault', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      ANTHROPIC_UPSTREAM_URL: stage.anthropic.url,
      MASKING: 'aws',
      MASKING_BLOBS: 'refuse',
    });
  });
  afterAll(() => gateway.close());

  it('names the block that cannot be masked', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const refused = await post(said([{ type: 'text', text: 'x' }, image]), '/v1/messages', gateway);
    expect(refused.status).toBe(400);
    expect((await jsonOf(refused)).error.message).toContain('messages.0.content.1 is an image, a PDF or a file');
  });

  it('refuses a batch whose results it could not restore', async () => {
    const refused = await post({ requests: [{ custom_id: 'a', params: said(VPC) }] }, '/v1/messages/batches', gateway);
    expect(refused.status).toBe(400);
    expect((await jsonOf(refused)).error.message).toContain('MASKING_VAULT');
    expect(stage.anthropic.requests).toHaveLength(0);
  });
});
