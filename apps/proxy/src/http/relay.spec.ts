import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BodySink } from '@claude-proxy/upstream';
import { expect, it } from '@jest/globals';
import { AnswerObserver } from '../exchange/answer-observer.js';
import { Exchange } from '../exchange/exchange.js';
import { relay } from './relay.js';

const HEADERS = ['content-type', 'application/json'];

it.each([1, 200_000])(
  'delivers %p bytes that came in the same turn as the break, and breaks after them',
  async (size) => {
    const pipe = (sink: BodySink) => {
      sink.write(Buffer.alloc(size, 'a'));
      sink.fail(new Error('cut'));
    };
    const body = { pipe, resume: () => undefined, destroy: () => undefined };
    const server = createServer((_request, response) => {
      const observer = new AnswerObserver(HEADERS);
      const exchange = new Exchange('alice', 'messages', '/v1/messages');
      void relay({ status: 200, headers: HEADERS, body }, response, { exchange, observer, pingAfterSeconds: 10 });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { bytes, error } = await received((server.address() as AddressInfo).port).finally(() => server.close());
    expect(bytes).toBe(size);
    expect(error).toHaveProperty('code', 'ECONNRESET');
  },
);

function received(port: number): Promise<{ bytes: number; error: Error | undefined }> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (incoming) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      incoming.once('error', (error) => resolve({ bytes, error }));
      incoming.once('end', () => resolve({ bytes, error: undefined }));
    }).once('error', reject);
  });
}
