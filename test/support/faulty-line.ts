import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The fate of calls: answered (`well`); answered after a second (`slow`); never answered (`hangs`); refused
 * (`throttles`); connection closed (`down`); executed, but the answer is lost (`forgets`).
 */
export type LineState = 'well' | 'slow' | 'hangs' | 'throttles' | 'down' | 'forgets';

export interface FaultyLine {
  readonly url: string;
  /** Applies to later calls. */
  state: LineState;
  /** Calls without an answer. */
  readonly pending: number;
  close(): Promise<void>;
}

const SLOW_MS = 1_000;
const THROTTLED = '{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}';

/** A proxy between a gateway and its DynamoDB with faults that a test selects. */
export async function startFaultyLine(engineUrl: string): Promise<FaultyLine> {
  const waiting = new Set<ServerResponse>();
  const server = createServer((call, answer) => {
    waiting.add(answer);
    answer.once('close', () => waiting.delete(answer));
    void serve(call, answer, line.state, engineUrl).catch(() => answer.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line: FaultyLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: 'well',
    get pending() {
      return waiting.size;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
}

async function serve(call: IncomingMessage, answer: ServerResponse, state: LineState, engineUrl: string) {
  const body = Buffer.concat(await Array.fromAsync(call));
  if (state === 'hangs') return;
  if (state === 'down') return void answer.destroy();
  if (state === 'throttles') {
    answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(THROTTLED);
    return;
  }
  if (state === 'slow') await sleep(SLOW_MS);
  const engine = request(engineUrl, { method: call.method, headers: call.headers, path: call.url });
  const [result] = (await Promise.all([once(engine, 'response'), engine.end(body)]))[0] as [IncomingMessage];
  const answered = Buffer.concat(await Array.fromAsync(result));
  if (state === 'forgets') return void answer.destroy();
  answer.writeHead(result.statusCode!, result.headers).end(answered);
}
