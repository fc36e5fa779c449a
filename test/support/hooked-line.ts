import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HookedLine {
  readonly url: string;
  close(): Promise<void>;
}

/** Passes requests on. `afterRead` runs once, after the list of accounts was read and before its reader gets it. */
export async function startHookedLine(target: string, afterRead: () => Promise<void>): Promise<HookedLine> {
  let isPending = true;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method!,
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    if (isPending && request.method === 'GET' && request.url!.startsWith('/api/accounts')) {
      isPending = false;
      await afterRead();
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
