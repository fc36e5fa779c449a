import { type ExchangeStep, Step } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import { type DiscoveryService, Reflector } from '@nestjs/core';
import type { Caller } from '../../auth/caller.js';
import { StepRegistry } from './step.registry.js';

@Step('for-alice', 10)
class ForAlice implements ExchangeStep<Caller> {
  appliesTo({ user }: Caller): boolean {
    return user === 'alice';
  }

  before(): undefined {}
}

@Step('for-all', 5)
class ForAll implements ExchangeStep<Caller> {
  before(): undefined {}
}

const namesFor = (classes: readonly (new () => object)[], user: string) => {
  const providers = classes.map((metatype) => ({ metatype, instance: new metatype() }));
  const registry = new StepRegistry({ getProviders: () => providers } as unknown as DiscoveryService, new Reflector());
  registry.onModuleInit();
  return registry.stepsFor({ user } as Caller).map(({ name }) => name);
};

describe('the steps of a caller', () => {
  it('are those that apply to it, in their order', () => {
    expect(namesFor([ForAlice, ForAll], 'alice')).toEqual(['for-all', 'for-alice']);
    expect(namesFor([ForAlice, ForAll], 'bob')).toEqual(['for-all']);
  });

  it('are none if no step applies, so that a request does not pass their seam', () => {
    expect(namesFor([ForAlice], 'bob')).toEqual([]);
  });
});
