import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { FinishedExchange } from '../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { startGateway } from '../support/start-gateway.js';

it('a client that leaves while a page of batches is read closes the connection to Anthropic, and is recorded as aborted', async () => {
  const begun = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const anthropic = createServer((_request, response) => {
    response.once('close', () => closed.resolve());
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[');
    begun.resolve();
  }).listen(0, '127.0.0.1');
  await once(anthropic, 'listening');
  const { port } = anthropic.address() as AddressInfo;
  const gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: `http://127.0.0.1:${port}` });
  const feed = gateway.app.get(ExchangeFeed);
  const finished = new Promise<FinishedExchange>((resolve) => feed.onFinished(resolve));
  const client = new AbortController();
  const asked = fetch(`${gateway.url}/v1/messages/batches`, {
    headers: { 'x-api-key': 'sk-ant-api03-caller', 'anthropic-version': '2023-06-01' },
    signal: client.signal,
  }).catch(() => 'left');
  await begun.promise;
  await sleep(50);
  client.abort();
  expect(await asked).toBe('left');
  await closed.promise;
  expect(await Promise.race([finished, sleep(2_000, 'never recorded')])).toMatchObject({ outcome: 'aborted' });
  expect(feed.inFlight).toBe(0);
  await gateway.close();
  anthropic.close();
});
