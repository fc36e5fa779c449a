import { Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { Metrics } from './metrics.js';

/** For Prometheus. A scraper sends the admin token as its bearer. */
@AdminController('metrics')
@OpenToThisMachine()
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', this.metrics.contentType);
    return this.metrics.page();
  }
}
