import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, jest } from '@jest/globals';
import { SlowBodies } from './slow-bodies.js';

describe('the watch over a body', () => {
  it('ends with the connection, also where the request was answered before it was complete', async () => {
    const set = jest.spyOn(globalThis, 'setInterval');
    const clear = jest.spyOn(globalThis, 'clearInterval');
    const bodies = new SlowBodies(0.05);
    const server = createServer((request: IncomingMessage, response) => {
      bodies.watch(request);
      request.pause();
      response.writeHead(401).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\nonly this');
    await once(client, 'data');
    for (let tries = 0; tries < 100 && set.mock.results.length === 0; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const watch = set.mock.results.at(-1)!.value as NodeJS.Timeout;
    expect(clear).not.toHaveBeenCalledWith(watch);
    client.destroy();
    for (let tries = 0; tries < 100 && !clear.mock.calls.some(([timer]) => timer === watch); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(clear).toHaveBeenCalledWith(watch);
    server.close();
    jest.restoreAllMocks();
  });
});
