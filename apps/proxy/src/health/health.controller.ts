import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness } from '@claude-proxy/admin-api';
import { TableStore } from '@claude-proxy/storage';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountPool } from '../accounts/account-pool.js';
import { AdminReader } from '../auth/admin.reader.js';
import { readinessOf } from '../fallback/readiness.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { failureOf, StoreHealth } from '../state/store-health.js';
import { FallbackProbe } from './fallback-probe.js';
import { Lifecycle } from './lifecycle.js';

/** Timeout for the state of the store and the upstreams. */
const PATIENCE_MS = 2_000;

type UpstreamState = Readiness['upstreams'][number];

/** Liveness of the process, and its readiness for requests. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly registry: UpstreamRegistry,
    private readonly store: TableStore,
    private readonly health: StoreHealth,
    private readonly reader: AdminReader,
    private readonly accounts: AccountPool,
    private readonly probe: FallbackProbe,
  ) {}

  /** For load balancers. Independent of other services, so that their outage does not replace all tasks. */
  @Get()
  live(): Record<string, unknown> {
    return { status: 'ok', uptime_seconds: Math.round(process.uptime()) };
  }

  /** 503 only during the drain: without its store, or without one upstream, the gateway still answers. */
  @Get('ready')
  async ready(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, unknown>> {
    const [store, states, showsDetails] = await Promise.all([
      this.storeState(),
      this.upstreamStates(),
      inTime(this.reader.mayRead(request), false),
    ]);
    // Only operators see addresses, Regions and kinds of credentials.
    const upstreams = showsDetails ? states : states.map((state) => ({ ...state, detail: '' }));
    if (this.lifecycle.isDraining) reply.status(503);
    const isDegraded = store !== 'ok' || !upstreams.some(({ usable }) => usable);
    const status = this.lifecycle.isDraining ? 'draining' : isDegraded ? 'degraded' : 'ready';
    return { status, store, upstreams, ...this.accountStates(showsDetails) };
  }

  /** Checks the store by a read. Failures of writes are known from the regular writes. */
  private async storeState(): Promise<string> {
    const check = this.store.check().then(() => this.health.writeFailure ?? 'ok', failureOf);
    return inTime(check, 'no answer');
  }

  private accountStates(showsDetails: boolean): Pick<Readiness, 'accounts'> {
    const states = this.accounts.summaries();
    if (states.length === 0) return {};
    const notReady = states.filter(({ state }) => state !== 'ready');
    const ready = states.length - notReady.length;
    return { accounts: { total: states.length, ready, not_ready: showsDetails ? notReady : [] } };
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

function inTime<Answer>(answer: Promise<Answer>, late: Answer): Promise<Answer> {
  return Promise.race([answer, sleep(PATIENCE_MS, late, { ref: false })]);
}
