import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { postMessage } from '../support/post-message.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const BODY = JSON.stringify({ type: 'message', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } });
const ANSWER = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

let server: Server;
let gateway: RunningGateway;
let connections = 0;
let asked = 0;

afterEach(async () => {
  await gateway.close();
  server.close();
});

/** A manual Anthropic: answers the first request of a connection; the test decides about later ones. */
async function startAnthropic(onLater: (socket: Socket) => void, onFirst = answered): Promise<void> {
  connections = 0;
  asked = 0;
  server = createServer((socket) => {
    connections += 1;
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (!chunk.includes('POST /v1/messages')) return;
      asked += 1;
      requests += 1;
      if (requests === 1) onFirst(socket);
      else onLater(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway = await startGateway({
    ANTHROPIC_UPSTREAM_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    FALLBACK_CHAIN: 'anthropic',
  });
}

function answered(socket: Socket): void {
  socket.write(ANSWER);
}

describe('a kept-alive connection that is closed as the next request goes out', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['properly', (socket) => socket.destroy()],
    ['with a reset', (socket) => socket.resetAndDestroy()],
  ])('%s is not a failure: the request is sent again on a new connection', async (_name, close) => {
    await startAnthropic(close);
    expect((await postMessage(gateway)).status).toBe(200);
    expect((await postMessage(gateway)).status).toBe(200);
    expect({ connections, asked }).toEqual({ connections: 2, asked: 3 });
  });
});

it('a new connection that is closed is a failure, without a retry', async () => {
  await startAnthropic(answered, (socket) => socket.resetAndDestroy());
  expect((await postMessage(gateway)).status).toBe(502);
  expect({ connections, asked }).toEqual({ connections: 1, asked: 1 });
});

it('a request is not sent again after the start of its answer', async () => {
  await startAnthropic((socket) => {
    socket.write(ANSWER.slice(0, -5));
    setImmediate(() => socket.destroy());
  });
  await postMessage(gateway);
  await expect(postMessage(gateway)).rejects.toThrow();
  expect(asked).toBe(2);
});

it.each([
  ['two framings', ANSWER.replace('\r\n\r\n', '\r\ntransfer-encoding: chunked\r\n\r\n')],
  ['a head that is too long', ANSWER.replace('\r\n\r\n', `\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`)],
  ['bytes that are not HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
])('a request is not sent again after an answer with %s on a kept-alive connection', async (_name, answer) => {
  await startAnthropic((socket) => socket.write(answer));
  await postMessage(gateway);
  expect((await postMessage(gateway)).status).toBe(502);
  expect(asked).toBe(2);
});
