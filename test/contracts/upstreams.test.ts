import {
  rateLimited,
  refuse,
  type Simulator,
  startAnthropicSimulator,
  startBedrockSimulator,
  throttled,
  validation,
} from '@claude-proxy/simulator';
import { describeUpstream, type UpstreamStage } from '@claude-proxy/upstream/testing';
import { UpstreamRegistry } from '../../apps/proxy/src/fallback/upstream.registry.js';
import { type Refusals, simulatedService } from '../support/simulated-service.js';
import { startGateway } from '../support/start-gateway.js';

/** The gateway's own providers, built by its modules. */
async function openStage(name: string, simulator: Simulator, refusals: Refusals): Promise<UpstreamStage> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test-key-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
  const gateway = await startGateway({
    ANTHROPIC_UPSTREAM_URL: simulator.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: simulator.url,
    FALLBACK_CHAIN: name,
  });
  return {
    provider: gateway.app.get(UpstreamRegistry).chain[0]!.provider,
    model: 'claude-opus-5-5',
    ...simulatedService(simulator, refusals),
    close: async () => {
      await gateway.close();
      await simulator.close();
    },
  };
}

describeUpstream('anthropic', async () =>
  openStage('anthropic', await startAnthropicSimulator(), {
    limited: rateLimited(),
    invalid: (message) => refuse(400, { message }),
  }),
);
describeUpstream('bedrock', async () =>
  openStage('bedrock', await startBedrockSimulator(), { limited: throttled(), invalid: validation }),
);
