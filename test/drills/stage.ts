import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnthropicSimulator,
  type BedrockSimulator,
  type SimulatedOrganization,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createGateway } from '../../apps/proxy/src/gateway.js';
import { closeGateway } from './close-gateway.js';
import { GatewayProcess } from './gateway-process.js';

/** For the AWS SDK. The simulated Bedrock only checks that the request has a signature. */
const BEDROCK_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'drill', AWS_SECRET_ACCESS_KEY: 'drill' };

/** The real gateway between simulated upstreams. All traffic stays on this machine. */
export interface Stage {
  readonly url: string;
  readonly anthropic: AnthropicSimulator;
  readonly bedrock: BedrockSimulator;
  close(): Promise<void>;
}

/** A stage whose gateway runs in this process. */
export interface OwnStage extends Stage {
  readonly app: NestFastifyApplication;
}

interface StageOptions {
  /** @default - a free one */
  readonly port?: number;
  /** Of the simulated Anthropic. @default - every credential is accepted, without limits */
  readonly organizations?: readonly SimulatedOrganization[];
}

export async function setStage(
  environment: Readonly<Record<string, string>>,
  { port = 0, organizations }: StageOptions = {},
): Promise<OwnStage> {
  const upstreams = await startUpstreams(organizations);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-drill-'));
  Object.assign(process.env, BEDROCK_CREDENTIALS);
  const app = await createGateway({ ...upstreams.environment, DATA_DIR: dataDirectory, ...environment });
  await app.listen(port, '127.0.0.1');
  return {
    ...upstreams,
    url: urlOf(app),
    app,
    async close() {
      await closeGateway(app);
      await upstreams.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** `command` starts the gateway with the variables of its environment, and ends at SIGTERM. */
export async function setStageAround(command: string, environment: Readonly<Record<string, string>>): Promise<Stage> {
  const upstreams = await startUpstreams();
  const gateway = await GatewayProcess.start(command, {
    ...BEDROCK_CREDENTIALS,
    ...upstreams.environment,
    ...environment,
  });
  return {
    ...upstreams,
    url: gateway.url,
    async close() {
      await gateway.stop();
      await upstreams.close();
    },
  };
}

async function startUpstreams(organizations?: readonly SimulatedOrganization[]) {
  const anthropic = await startAnthropicSimulator({ ...(organizations && { organizations }) });
  const bedrock = await startBedrockSimulator();
  const environment = {
    LOG_LEVEL: 'silent',
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
  };
  return { anthropic, bedrock, environment, close: () => Promise.all([anthropic.close(), bedrock.close()]) };
}

function urlOf(app: NestFastifyApplication): string {
  const { port } = app.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${port}`;
}
