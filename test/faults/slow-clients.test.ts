import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MESSAGE, postJson } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type Pair, startPair } from '../support/start-pair.js';
import { startUpstream } from '../support/start-upstream.js';

const MIB = 1024 * 1024;

let pair: Pair;
beforeAll(async () => {
  pair = await startPair({ BODY_TIMEOUT_SECONDS: '1' });
});
beforeEach(() => pair.anthropic.reset());
afterAll(() => pair.close());

const secondsUntil = async (event: Promise<unknown>) => {
  const startedMs = performance.now();
  await event;
  return (performance.now() - startedMs) / 1_000;
};
const trickle = (client: RawSocket, text: string, everyMs: number) => {
  const timer = setInterval(() => client.write(text), everyMs);
  client.socket.once('close', () => clearInterval(timer));
};

describe('a client that sends slowly', () => {
  it.each([
    ['its body', '/v1/messages', 'content-length: 1000000'],
    ['its chunks', '/v1/messages', 'transfer-encoding: chunked'],
    ['an upload', '/v1/files', 'content-length: 1000000'],
  ])('%s is disconnected in time, and others are answered meanwhile', async (_name, path, framing) => {
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost(path, framing));
    trickle(client, framing.startsWith('transfer') ? '1\r\n{\r\n' : '{', 100);
    const closed = secondsUntil(client.closed());
    expect((await postJson(`${pair.gateway.url}/v1/messages`, MESSAGE)).status).toBe(200);
    expect(await closed).toBeLessThan(3);
    expect(pair.anthropic.requests.filter(({ pathname }) => pathname === '/v1/messages')).toHaveLength(1);
  });

  it('its headers is disconnected in time, and others are answered meanwhile', async () => {
    const server = pair.gateway.app.getHttpServer() as unknown as Server;
    expect(server.headersTimeout).toBe(20_000);
    server.headersTimeout = 1_000;
    const client = await RawSocket.connect(pair.gateway.port);
    client.write('POST /v1/messages HTTP/1.1\r\nhost: x\r\n');
    trickle(client, 'x-more: 1\r\n', 100);
    const answer = client.readUntil('request_id');
    expect((await postJson(`${pair.gateway.url}/v1/messages`, MESSAGE)).status).toBe(200);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    await client.closed();
    server.headersTimeout = 20_000;
  });
});

describe('a body that takes longer than BODY_TIMEOUT_SECONDS', () => {
  it('is accepted while bytes arrive', async () => {
    const body = Buffer.from(JSON.stringify({ ...MESSAGE, system: 'x'.repeat(200_000) }));
    const client = await RawSocket.connect(pair.gateway.port);
    client.write(headOfPost('/v1/messages', `content-length: ${body.length}`));
    for (let start = 0; start < body.length; start += 20_000) {
      client.write(body.subarray(start, start + 20_000));
      await sleep(250);
    }
    expect(await client.readUntil('message')).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
  });

  it('is not limited while Anthropic reads it slowly', async () => {
    const upstream = await startUpstream(async (request, response) => {
      await sleep(2_600);
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      response.end(String(bytes));
    });
    const environment = {
      ANTHROPIC_UPSTREAM_URL: upstream.url,
      FALLBACK_CHAIN: 'anthropic',
      BODY_TIMEOUT_SECONDS: '1',
    };
    const gateway: RunningGateway = await startGateway(environment);
    const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-upload-'));
    await writeFile(join(directory, 'file'), Buffer.alloc(40 * MIB));
    const { status, body } = await rawRequest(gateway.port, {
      method: 'POST',
      path: '/v1/files',
      headers: ['x-api-key', 'sk-ant-api03-caller'],
      body: createReadStream(join(directory, 'file')),
    });
    expect([status, body.toString()]).toEqual([200, String(40 * MIB)]);
    await gateway.close();
    await upstream.close();
    await rm(directory, { recursive: true });
  });
});
