import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnvironment } from './config/environment.js';
import { ConfigError } from './config/read-config.js';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { drainOnSignals } from './drain.js';
import { createGateway } from './gateway.js';
import { greet } from './greeting.js';

/** Read the configuration, create, listen, drain on signals. Nothing else. */
async function main(): Promise<void> {
  const app: NestFastifyApplication = await createGateway(readEnvironment());
  const { host, port } = app.get<ServerConfig>(serverSection.token);
  drainOnSignals(app);
  await app.listen(port, host);
  await greet(app);
}

main().catch((error: NodeJS.ErrnoException) => {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
});

/** What an operator can act on needs no stack. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error instanceof ConfigError || error.name === 'StorageError') return error.message;
  if (error.code === 'EADDRINUSE') return `The port is taken (${error.message}). Set PORT to another one.`;
  if (['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(error.code ?? '')) return `Cannot listen: ${error.message}`;
  return error.stack ?? String(error);
}
