import './external-memory.js';
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnvironment } from '../config/environment.js';
import type { Environment } from '../config/read-config.js';
import { type ServerConfig, serverSection } from '../config/server.config.js';
import { createGateway } from '../gateway.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { writeAddressFile } from './address-file.js';
import { shareHostPackages } from './share-host-packages.js';
import { shutDownOnSignals } from './shutdown.js';
import { byVariable, startFailure } from './start-failure.js';
import { reportStartup, type StartupReport } from './startup-report.js';
import { warmUp } from './warm-up.js';
import { startWatchdog } from './watchdog.js';

export interface StartedGateway extends StartupReport {
  readonly app: NestFastifyApplication;
}

/** Create, drain on signals, listen, watch, report: for the server and for the command. */
export async function startGateway(environment: Environment): Promise<StartedGateway> {
  shareHostPackages();
  // First, because Nest has one logger for all applications: that of the last one.
  const coldReason = await warmUp(environment);
  const app = await createGateway(environment);
  if (coldReason !== undefined) new Logger('Start').warn(`the gateway could not be warmed up: ${coldReason}`);
  const { host, port } = app.get<ServerConfig>(serverSection.token);
  shutDownOnSignals(app);
  await app.listen(port, host);
  startWatchdog(app);
  const report = await reportStartup(app);
  writeAddressFile(app.get<StateConfig>(stateSection.token).dataDirectory, report.url);
  return { app, ...report };
}

/** The server's whole process: a failed start ends it with one clear message. */
export async function startFromEnvironment(): Promise<void> {
  try {
    await startGateway(readEnvironment());
  } catch (error) {
    process.stderr.write(`${startFailure(error as Error, byVariable)}\n`);
    process.exit(1);
  }
}
