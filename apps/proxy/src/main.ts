import './server/signals.js';
import './server/external-memory.js';
import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnvironment } from './config/environment.js';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { createGateway } from './gateway.js';
import { shareHostPackages } from './server/share-host-packages.js';
import { shutDownOnSignals } from './server/shutdown.js';
import { byVariable, startFailure } from './server/start-failure.js';
import { reportStartup } from './server/startup-report.js';
import { startWatchdog } from './server/watchdog.js';

/** Read the configuration, create, listen, watch, drain on signals. Nothing else. */
async function main(): Promise<void> {
  shareHostPackages();
  const app: NestFastifyApplication = await createGateway(readEnvironment());
  const { host, port } = app.get<ServerConfig>(serverSection.token);
  shutDownOnSignals(app);
  await app.listen(port, host);
  startWatchdog(app);
  await reportStartup(app);
}

main().catch((error: Error) => {
  process.stderr.write(`${startFailure(error, byVariable)}\n`);
  process.exit(1);
});
