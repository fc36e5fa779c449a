import { answer, type Behaviour, big, cut, resetBeforeHeaders, type Simulator, silence } from '@claude-proxy/simulator';
import type { UpstreamStage } from '@claude-proxy/upstream/testing';

/** The refusals of a service in its own format. */
export interface Refusals {
  readonly limited: Behaviour;
  invalid(message: string): Behaviour;
}

/** A simulator as the service behind a provider in the contract suite. */
export function simulatedService(
  simulator: Simulator,
  { limited, invalid }: Refusals,
): Omit<UpstreamStage, 'provider' | 'model' | 'close'> {
  // The default applies to retries as well.
  const will = (behaviour: Behaviour) => {
    simulator.reset();
    simulator.setDefault(behaviour);
  };
  return {
    willAnswer: () => will(answer()),
    willAnswerAtLength: (bytes) => will(big({ bytes })),
    willRefuseAtLength: (bytes) => will(invalid('x'.repeat(bytes))),
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
