import {
  type AnthropicSimulator,
  type BedrockSimulator,
  startAnthropicSimulator,
  startBedrockSimulator,
} from '@claude-proxy/simulator';
import type { GatewayOptions } from '../../apps/proxy/src/gateway.js';
import { type RunningGateway, startGateway } from './start-gateway.js';

/** A gateway between simulated upstreams. */
export interface Stage {
  readonly anthropic: AnthropicSimulator;
  readonly bedrock: BedrockSimulator;
  gateway: RunningGateway;
  /** Replaces the gateway; the upstreams stay. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

export async function startStage(
  environment: Readonly<Record<string, string>> = {},
  options: GatewayOptions = {},
): Promise<Stage> {
  // Credentials for the AWS SDK. The simulated Bedrock only checks that the request has a signature.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test-key-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
  const anthropic = await startAnthropicSimulator();
  const bedrock = await startBedrockSimulator();
  const upstreams = { ANTHROPIC_UPSTREAM_URL: anthropic.url, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url };
  const start = (changes: Readonly<Record<string, string>>) =>
    startGateway({ ...upstreams, ...environment, ...changes }, options);
  const stage: Stage = {
    anthropic,
    bedrock,
    gateway: await start({}),
    async restart(changes = {}) {
      await stage.gateway.close();
      stage.gateway = await start(changes);
    },
    async close() {
      await stage.gateway.close();
      await Promise.all([anthropic.close(), bedrock.close()]);
    },
  };
  return stage;
}
