import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const SWEEP_INTERVAL_MS = 50;

/** Also closes open connections: a client that is just connecting would otherwise keep the gateway open forever. */
export async function closeGateway(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer() as Server;
  server.closeAllConnections();
  const sweep = setInterval(() => server.closeAllConnections(), SWEEP_INTERVAL_MS);
  await app.close().finally(() => clearInterval(sweep));
}
