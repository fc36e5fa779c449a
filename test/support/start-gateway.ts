import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGateway, type GatewayOptions } from '../../apps/proxy/src/gateway.js';
import { closeGateway } from '../drills/close-gateway.js';

export interface RunningGateway {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

/** The real gateway on a free loopback port, with its own embedded store. */
export async function startGateway(
  environment: Readonly<Record<string, string | undefined>> = {},
  options: GatewayOptions = {},
  port = 0,
): Promise<RunningGateway> {
  const dataDirectory = environment.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'claude-proxy-test-')));
  const app = await createGateway({ LOG_LEVEL: 'silent', DATA_DIR: dataDirectory, ...environment }, options);
  await app.listen(port, '127.0.0.1');
  const address = app.getHttpServer().address() as { port: number };
  return {
    app,
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    dataDirectory,
    async close() {
      await closeGateway(app);
      if (!environment.DATA_DIR) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
