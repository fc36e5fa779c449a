import { TableStore } from '@claude-proxy/storage';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { Lifecycle } from './lifecycle.js';

/** Nobody waits longer than this to hear how the store is. */
const STORE_PATIENCE_MS = 2_000;

/** Whether the process lives, and whether it should be given requests. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly registry: UpstreamRegistry,
    private readonly store: TableStore,
  ) {}

  /** For load balancers: asks nobody, so that no outage of others can have all tasks replaced. */
  @Get()
  live(): Record<string, unknown> {
    return { status: 'ok', uptime_seconds: Math.round(process.uptime()) };
  }

  /** 503 only while draining: without its store, or one upstream, the gateway still answers. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, unknown>> {
    const [store, upstreams] = await Promise.all([this.storeState(), this.upstreamStates()]);
    if (this.lifecycle.isDraining) reply.status(503);
    const isDegraded = store !== 'ok' || !upstreams.some(({ usable }) => usable);
    const status = this.lifecycle.isDraining ? 'draining' : isDegraded ? 'degraded' : 'ready';
    return { status, store, upstreams };
  }

  private async storeState(): Promise<string> {
    const late = new Promise<string>((resolve) => setTimeout(resolve, STORE_PATIENCE_MS, 'no answer').unref());
    const check = this.store.check().then(
      () => 'ok',
      (error: { kind?: string }) => error.kind ?? 'failed',
    );
    return Promise.race([check, late]);
  }

  private upstreamStates(): Promise<{ name: string; usable: boolean; detail: string }[]> {
    return Promise.all(
      this.registry.chain.map(async ({ name, provider }) => {
        const readiness = (await provider.readiness?.()) ?? { isUsable: true, detail: '' };
        return { name, usable: readiness.isUsable, detail: readiness.detail };
      }),
    );
  }
}
