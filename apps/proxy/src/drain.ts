import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { Lifecycle } from './health/lifecycle.js';

/**
 * On SIGTERM or SIGINT: takes no new connections, lets running answers end, writes what is pending, exits with 0.
 * Call before listening.
 */
export function drainOnSignals(app: NestFastifyApplication): void {
  const connections = connectionsOf(app.getHttpServer() as Server);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void drain(app, connections).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

async function drain(app: NestFastifyApplication, connections: ReadonlySet<Socket>): Promise<void> {
  const { drainTimeoutSeconds } = app.get<ServerConfig>(serverSection.token);
  const server = app.getHttpServer() as Server;
  app.get(Lifecycle).isDraining = true;
  new Logger('Drain').log(`✅ draining, at most ${drainTimeoutSeconds} s`);
  const closed = new Promise((resolve) => server.close(resolve));
  closeUnused(server, connections);
  // A connection is idle only between requests, so those that end one later are closed as they do.
  const sweep = setInterval(() => closeUnused(server, connections), 200);
  const deadline = setTimeout(() => server.closeAllConnections(), drainTimeoutSeconds * 1_000);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
  await app.close();
}

/** Browsers and pools open connections ahead of time; before a first byte Node does not call them idle. */
function closeUnused(server: Server, connections: ReadonlySet<Socket>): void {
  server.closeIdleConnections();
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
}

function connectionsOf(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}
