import type { Health, Readiness } from '@claude-proxy/admin-api';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminReader } from '../auth/admin.reader.js';
import { VERSION } from '../config/version.js';
import { inTime, ReadinessQuery } from './readiness.query.js';

/** Liveness of the process, and its readiness for requests. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly readiness: ReadinessQuery,
    private readonly reader: AdminReader,
  ) {}

  /** For load balancers. Independent of other services, so that their outage does not replace all tasks. */
  @Get()
  live(): Health {
    return { status: 'ok', uptime_seconds: Math.round(process.uptime()), version: VERSION };
  }

  /** 503 only during the drain: without its store, or without one upstream, the gateway still answers. */
  @Get('ready')
  async ready(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const [readiness, showsDetails] = await Promise.all([
      this.readiness.now(),
      inTime(this.reader.mayRead(request), false),
    ]);
    if (readiness.status === 'draining') reply.status(503);
    return showsDetails ? { ...readiness } : withoutDetails(readiness);
  }
}

/** Only operators see addresses, Regions, kinds of credentials and names of accounts. */
function withoutDetails({ upstreams, accounts, ...rest }: Readiness): Readiness {
  return {
    ...rest,
    upstreams: upstreams.map((upstream) => ({ ...upstream, detail: '' })),
    ...(accounts && { accounts: { ...accounts, not_ready: [] } }),
  };
}
