import {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from '@claude-proxy/simulator';
import { type RunningGateway, startGateway } from './start-gateway.js';

/** A gateway in front of a simulated Anthropic, without a fallback upstream. */
export interface Pair {
  readonly anthropic: AnthropicSimulator;
  readonly gateway: RunningGateway;
  close(): Promise<void>;
}

export async function startPair(
  environment: Readonly<Record<string, string>> = {},
  options: AnthropicSimulatorOptions = {},
): Promise<Pair> {
  const anthropic = await startAnthropicSimulator(options);
  const gateway = await startGateway({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    FALLBACK_CHAIN: 'anthropic',
    MAX_RETRY_WAIT_SECONDS: '0',
    ...environment,
  });
  return {
    anthropic,
    gateway,
    async close() {
      await gateway.close();
      await anthropic.close();
    },
  };
}
