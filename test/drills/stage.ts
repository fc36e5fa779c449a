import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnthropicSimulator,
  type BedrockSimulator,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGateway } from '../../apps/proxy/src/gateway.js';
import { closeGateway } from './close-gateway.js';

/** The real gateway between simulated upstreams. All traffic stays on this machine. */
export interface Stage {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly anthropic: AnthropicSimulator;
  readonly bedrock: BedrockSimulator;
  close(): Promise<void>;
}

export async function setStage(environment: Readonly<Record<string, string>>, port = 0): Promise<Stage> {
  const anthropic = await startAnthropicSimulator();
  const bedrock = await startBedrockSimulator();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-drill-'));
  // Credentials for the AWS SDK. The simulated Bedrock only checks that the request has a signature.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'drill', AWS_SECRET_ACCESS_KEY: 'drill' });
  const app = await createGateway({
    LOG_LEVEL: 'silent',
    DATA_DIR: dataDirectory,
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    ...environment,
  });
  await app.listen(port, '127.0.0.1');
  return {
    url: urlOf(app),
    app,
    anthropic,
    bedrock,
    async close() {
      await closeGateway(app);
      await Promise.all([anthropic.close(), bedrock.close()]);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function urlOf(app: NestFastifyApplication): string {
  const { port } = app.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${port}`;
}
