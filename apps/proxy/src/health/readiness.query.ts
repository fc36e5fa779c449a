import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness } from '@claude-proxy/admin-api';
import { TableStore } from '@claude-proxy/storage';
import { Injectable } from '@nestjs/common';
import { AccountPool } from '../accounts/account-pool.js';
import { readinessOf } from '../fallback/readiness.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { failureOf, StoreHealth } from '../state/store-health.js';
import { FallbackProbe } from './fallback-probe.js';
import { Lifecycle } from './lifecycle.js';

/** Timeout for the state of the store and the upstreams. */
const PATIENCE_MS = 2_000;

type UpstreamState = Readiness['upstreams'][number];

/** The state of store, upstreams and accounts, with all details. */
@Injectable()
export class ReadinessQuery {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly registry: UpstreamRegistry,
    private readonly store: TableStore,
    private readonly health: StoreHealth,
    private readonly accounts: AccountPool,
    private readonly probe: FallbackProbe,
  ) {}

  /** Never rejects. */
  async now(): Promise<Readiness> {
    const [store, upstreams] = await Promise.all([this.storeState(), this.upstreamStates()]);
    const isDegraded = store !== 'ok' || !upstreams.some(({ usable }) => usable);
    const status = this.lifecycle.isDraining ? 'draining' : isDegraded ? 'degraded' : 'ready';
    return { status, store, upstreams, ...this.accountStates() };
  }

  /** Checks the store by a read. Failures of writes are known from the regular writes. */
  private storeState(): Promise<string> {
    const check = this.store.check().then(() => this.health.writeFailure ?? 'ok', failureOf);
    return inTime(check, 'no answer');
  }

  private accountStates(): Pick<Readiness, 'accounts'> {
    const states = this.accounts.summaries();
    if (states.length === 0) return {};
    const notReady = states.filter(({ state }) => state !== 'ready');
    return { accounts: { total: states.length, ready: states.length - notReady.length, not_ready: notReady } };
  }

  private upstreamStates(): Promise<UpstreamState[]> {
    return Promise.all(
      this.registry.chain.map(async (upstream) => {
        const { name } = upstream;
        const { isUsable, detail } = await readinessOf(upstream, PATIENCE_MS);
        const failure = this.probe.failureOf(name);
        if (isUsable && failure !== undefined)
          return { name, usable: false, detail: `${detail}; last probe: ${failure}` };
        return { name, usable: isUsable, detail };
      }),
    );
  }
}

/** What a question without an answer in time is worth. */
export function inTime<Answer>(answer: Promise<Answer>, late: Answer): Promise<Answer> {
  return Promise.race([answer, sleep(PATIENCE_MS, late, { ref: false })]);
}
