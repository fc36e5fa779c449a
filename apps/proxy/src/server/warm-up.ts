import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sseEvent } from '@claude-proxy/messages-api';
import type { Environment } from '../config/read-config.js';
import { serverSection } from '../config/server.config.js';
import { createGateway } from '../gateway.js';

const REQUESTS_AT_ONCE = 8;
const PATIENCE_MS = 15_000;
const DELTAS = 20;

const MODEL = 'claude-sonnet-4-5';
const USAGE = { input_tokens: 8, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const MESSAGE = { id: 'msg_warm_up', type: 'message', role: 'assistant', model: MODEL, usage: USAGE };
const DELTA = eventOf('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello' } });
const EVENTS = [
  eventOf('message_start', { message: { ...MESSAGE, content: [], stop_reason: null } }),
  eventOf('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...Array<string>(DELTAS).fill(DELTA),
  eventOf('content_block_stop', { index: 0 }),
  eventOf('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: DELTAS } }),
  eventOf('message_stop', {}),
];
const ANSWER = JSON.stringify({ ...MESSAGE, content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn' });

/**
 * Runs the path of requests before the process listens, `WARM_UP_REQUESTS` times, so that V8 has compiled it when a load
 * balancer sends a new task its share: cold, the first byte of a stream comes two to three times as late.
 *
 * A second gateway answers the requests, between a client and an upstream in this process. Its store is in memory and it
 * logs nothing, so nothing of it is recorded. Where it fails, the process starts cold.
 *
 * @returns why it failed
 */
export async function warmUp(environment: Environment): Promise<string | undefined> {
  const { variable, kind } = serverSection.settings.warmUpRequests;
  // A value that is not valid is reported with all other faults of the environment.
  const { data: requests } = kind.schema.safeParse(environment[variable]?.trim() || '0');
  if (!requests) return undefined;
  try {
    await answerItself(requests as number);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

async function answerItself(requests: number): Promise<void> {
  const upstream = createServer((incoming, response) => {
    incoming.resume().once('end', () => answer(incoming.headers.accept, response));
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  try {
    await askGateway(`http://127.0.0.1:${portOf(upstream)}`, requests);
  } finally {
    upstream.close();
  }
}

async function askGateway(upstreamUrl: string, requests: number): Promise<void> {
  const gateway = await createGateway({
    ANTHROPIC_UPSTREAM_URL: upstreamUrl,
    FALLBACK_CHAIN: 'anthropic',
    DATA_DIR: ':memory:',
    ADMIN_TOKEN: randomUUID(),
    LOG_LEVEL: 'silent',
    THROTTLE_LIMIT: '0',
  });
  try {
    await gateway.listen(0, '127.0.0.1');
    const port = portOf(gateway.getHttpServer());
    let asked = 0;
    const askInTurn = async () => {
      while (asked < requests) await ask(port, asked++ % 2 === 0);
    };
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, askInTurn));
  } finally {
    await gateway.close();
  }
}

function answer(accept: string | undefined, response: ServerResponse): void {
  const isStream = accept === 'text/event-stream';
  response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json');
  if (isStream) for (const event of EVENTS) response.write(event);
  response.end(isStream ? undefined : ANSWER);
}

async function ask(port: number, isStream: boolean): Promise<void> {
  const accept = isStream ? 'text/event-stream' : 'application/json';
  const headers = { 'content-type': 'application/json', accept, 'x-api-key': 'warm-up', 'user-agent': 'warm-up' };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const asking = request({ host: '127.0.0.1', port, method: 'POST', path: '/v1/messages', headers, signal });
  const messages = [{ role: 'user', content: 'Hello' }];
  asking.end(JSON.stringify({ model: MODEL, max_tokens: 64, stream: isStream, messages }));
  const [response] = await once(asking, 'response', { signal });
  response.resume();
  await once(response, 'end', { signal });
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

function eventOf(type: string, data: object): string {
  return sseEvent(type, JSON.stringify({ type, ...data }));
}
