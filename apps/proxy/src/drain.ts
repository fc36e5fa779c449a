import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { Lifecycle } from './health/lifecycle.js';

/** On SIGTERM or SIGINT: takes no new connections, lets running answers end, writes what is pending, exits with 0. */
export function drainOnSignals(app: NestFastifyApplication): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void drain(app).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

async function drain(app: NestFastifyApplication): Promise<void> {
  const { drainTimeoutSeconds } = app.get<ServerConfig>(serverSection.token);
  const server = app.getHttpServer() as Server;
  app.get(Lifecycle).isDraining = true;
  new Logger('Drain').log(`✅ draining, at most ${drainTimeoutSeconds} s`);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  // A connection is idle only between requests, so those that end one later are closed as they do.
  const sweep = setInterval(() => server.closeIdleConnections(), 200);
  const deadline = setTimeout(() => server.closeAllConnections(), drainTimeoutSeconds * 1_000);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
  await app.close();
}
