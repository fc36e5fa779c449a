import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers of a gateway of another version, or of one that fails: a status and a body per path. */
export type CannedAnswers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

export async function withCannedGateway<Result>(
  answers: CannedAnswers,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer((request, response) => {
    const [status, body] = answers[new URL(request.url!, 'http://x').pathname] ?? [404, { error: { message: 'none' } }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
