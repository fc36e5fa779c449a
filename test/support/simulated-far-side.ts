import { answer, type Behaviour, cut, resetBeforeHeaders, type Simulator, silence } from '@claude-proxy/simulator';
import type { UpstreamStage } from '@claude-proxy/upstream/testing';

/** The far side of a provider under contract, played by a simulator; `limited` is how it says that it has enough. */
export function simulatedFarSide(
  simulator: Simulator,
  limited: Behaviour,
): Omit<UpstreamStage, 'provider' | 'model' | 'close'> {
  // Enough of the same for upstreams that try a second time.
  const will = (behaviour: Behaviour) => {
    simulator.reset();
    simulator.setDefault(behaviour);
  };
  return {
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
  };
}
