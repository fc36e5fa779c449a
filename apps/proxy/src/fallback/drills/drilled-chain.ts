import { Injectable } from '@nestjs/common';
import { KnownCallers } from '../known-callers.service.js';
import { type NamedUpstream, UpstreamRegistry } from '../upstream.registry.js';
import { DrillRegister } from './drill.register.js';
import { DrilledUpstream, type Drills } from './drilled-upstream.js';

/** The chain of upstreams as requests meet it: a drill hits the first choice. */
@Injectable()
export class DrilledChain {
  private drilled: readonly NamedUpstream[] | undefined;

  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly register: DrillRegister,
    private readonly known: KnownCallers,
  ) {}

  /** In the order in which they are asked. */
  get upstreams(): readonly NamedUpstream[] {
    this.drilled ??= this.registry.chain.map((upstream) =>
      upstream.isFirstChoice
        ? { ...upstream, provider: new DrilledUpstream(upstream.provider, this.drills()) }
        : upstream,
    );
    return this.drilled;
  }

  private drills(): Drills {
    return {
      isForced: this.register.isForced,
      hits: (user) => this.register.hits(user),
      isRefused: (credential) => this.known.isRefused(credential),
    };
  }
}
