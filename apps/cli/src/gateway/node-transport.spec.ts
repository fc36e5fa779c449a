import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clientOf } from './client-of.js';

const servers: Server[] = [];
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const started = async (listener: RequestListener) => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return server;
};
const ask = async (server: Server, signal = AbortSignal.timeout(5_000)) =>
  clientOf({ url: urlOf(server), token: 'secret' }, { signal }).send<unknown>('api/x');

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('the transport of the command line', () => {
  it('sends the token and reads the answer, whatever pieces it comes in', async () => {
    const server = await started(({ headers }, response) => {
      const body = Buffer.from(JSON.stringify({ token: headers['x-admin-token'], name: '박준영' }));
      for (const byte of body) response.write(Buffer.of(byte));
      response.end();
    });
    expect(await ask(server)).toEqual({ token: 'secret', name: '박준영' });
  });

  it('follows a redirect on the same host, and gives the token to no other', async () => {
    const tokens: unknown[] = [];
    const target = await started(({ headers }, response) => {
      tokens.push(headers['x-admin-token']);
      response.end('{"ok":true}');
    });
    let location = `${urlOf(target)}/moved`;
    const server = await started((_request, response) => response.writeHead(301, { location }).end());
    expect(await ask(server)).toEqual({ ok: true });
    location = urlOf(target).replace('127.0.0.1', 'localhost');
    await expect(ask(server)).rejects.toMatchObject({
      status: 301,
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ redirects to http:\/\/localhost:\d+$/),
    });
    expect(tokens).toEqual(['secret']);
    location = '/again';
    await expect(ask(server)).rejects.toMatchObject({ status: 301 });
  });

  it('throws the reason of its signal, before the answer and within it', async () => {
    const silent = await started(() => {});
    const half = await started((_request, response) => void response.write('{"a":'));
    for (const server of [silent, half]) {
      const end = new AbortController();
      const reason = new Error('enough');
      server.once('request', () => setImmediate(() => end.abort(reason)));
      await expect(ask(server, end.signal)).rejects.toBe(reason);
    }
  });

  it('names the reason of a connection that fails, once per address', async () => {
    const server = await started(() => {});
    const url = urlOf(server).replace('127.0.0.1', 'localhost');
    server.close();
    await expect(clientOf({ url, token: undefined }, {}).session()).rejects.toMatchObject({
      status: 0,
      message: expect.stringMatching(/^(, )?(connect ECONNREFUSED [^,]+(, |$))+/),
    });
  });

  it('reports an answer that the gateway breaks off', async () => {
    const server = await started((_request, response) => {
      response.write('{"a":');
      setImmediate(() => response.destroy());
    });
    await expect(ask(server)).rejects.toMatchObject({ status: 0, message: 'the answer ended early' });
  });
});
