import {
  answer,
  type Behaviour,
  cut,
  rateLimited,
  resetBeforeHeaders,
  type Simulator,
  silence,
  startAnthropicSimulator,
  startBedrockSimulator,
  throttled,
} from '@claude-proxy/simulator';
import { describeUpstream, type UpstreamStage } from '@claude-proxy/upstream/testing';
import { UpstreamRegistry } from '../../apps/proxy/src/fallback/upstream.registry.js';
import { startGateway } from '../support/start-gateway.js';

/** The providers as the gateway has them, wired by its own modules. */
async function openStage(name: string, simulator: Simulator, limited: Behaviour): Promise<UpstreamStage> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test-key-id', AWS_SECRET_ACCESS_KEY: 'test-secret' });
  const gateway = await startGateway({
    ANTHROPIC_UPSTREAM_URL: simulator.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: simulator.url,
    FALLBACK_CHAIN: name,
  });
  // Enough of the same for upstreams that try a second time.
  const will = (behaviour: Behaviour) => {
    simulator.reset();
    simulator.setDefault(behaviour);
  };
  return {
    provider: gateway.app.get(UpstreamRegistry).chain[0]!.provider,
    model: 'claude-opus-5-5',
    willAnswer: () => will(answer()),
    willLimit: () => will(limited),
    willReset: () => will(resetBeforeHeaders()),
    willCut: () => will(cut({ afterEvents: 4 })),
    willStall: () => will(silence({ afterEvents: 4 })),
    willBeSilent: () => {
      will(silence());
      return simulator.requestAt(0);
    },
    wasLetGo: async () => (await (await simulator.requestAt(0)).finished) === 'closed_by_client',
    close: async () => {
      await gateway.close();
      await simulator.close();
    },
  };
}

describeUpstream('anthropic', async () => openStage('anthropic', await startAnthropicSimulator(), rateLimited()));
describeUpstream('bedrock', async () => openStage('bedrock', await startBedrockSimulator(), throttled()));
