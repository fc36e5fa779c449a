import { type SharedMemory, UPSTREAM_NAME, UPSTREAM_REPLACES, type UpstreamProvider } from '@claude-proxy/upstream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { ConfigError } from '../config/read-config.js';
import { IS_OWN_UPSTREAM } from '../exchange/own-upstream.decorator.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { GuardedUpstream } from './guarded-upstream.js';
import { UpstreamMemory } from './upstream-memory.js';

export interface NamedUpstream {
  readonly name: string;
  readonly provider: UpstreamProvider;
  readonly memory: SharedMemory;
  /** The first of the chain: the others are fallbacks. */
  readonly isFirstChoice: boolean;
}

/** Finds every class marked `@Upstream('name')`, wherever it is provided, and orders them by `FALLBACK_CHAIN`. */
@Injectable()
export class UpstreamRegistry implements OnModuleInit {
  private ordered: readonly NamedUpstream[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly names: UpstreamNames,
    private readonly memory: UpstreamMemory,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {}

  /** In the order in which they are asked. */
  get chain(): readonly NamedUpstream[] {
    return this.ordered;
  }

  /** @throws ConfigError when two classes share a name, or the chain is empty, or names an unknown upstream or one twice. */
  onModuleInit(): void {
    const known = this.find();
    const { chain } = this.config;
    const faults = chain
      .filter((name, index) => !known.has(name) || chain.indexOf(name) !== index)
      .map(
        (name) =>
          `FALLBACK_CHAIN names "${name}"${known.has(name) ? ' twice' : `; known are: ${[...known.keys()].join(', ')}`}`,
      );
    if (chain.length === 0) faults.push('FALLBACK_CHAIN is empty');
    if (faults.length > 0) throw new ConfigError(faults);
    this.names.learn(known.keys());
    this.ordered = chain.map((name, index) => ({
      name,
      provider: this.guarded(name, known.get(name)!),
      memory: this.memory.of(name),
      isFirstChoice: index === 0,
    }));
  }

  private guarded(name: string, provider: UpstreamProvider): UpstreamProvider {
    const isOwn = this.reflector.get<boolean | undefined>(IS_OWN_UPSTREAM, provider.constructor);
    return isOwn ? provider : new GuardedUpstream(name, provider);
  }

  /** @throws ConfigError where two upstreams have one name and neither, or both, replace the other */
  private find(): Map<string, UpstreamProvider> {
    const known = new Map<string, { readonly provider: UpstreamProvider; readonly replaces: boolean }>();
    for (const { metatype, instance } of this.discovery.getProviders()) {
      const name = metatype && this.reflector.get<string | undefined>(UPSTREAM_NAME, metatype);
      if (!name) continue;
      const found = { provider: instance, replaces: this.reflector.get<boolean>(UPSTREAM_REPLACES, metatype) };
      const other = known.get(name);
      if (other?.provider === instance) continue;
      if (other && other.replaces === found.replaces) throw new ConfigError([`two upstreams are named "${name}"`]);
      if (!other || found.replaces) known.set(name, found);
    }
    return new Map([...known].map(([name, { provider }]) => [name, provider]));
  }
}
