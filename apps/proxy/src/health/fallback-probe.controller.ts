import type { FallbackTrials } from '@claude-proxy/admin-api';
import { Body, HttpCode, Post, Req } from '@nestjs/common';
import { Matches } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { AuditLog } from '../auth/audit.log.js';
import { FallbackProbe } from './fallback-probe.js';

class TrialDto {
  @Matches(/^[\w.:@-]{1,100}$/, { message: 'model is required: the id of a model' })
  model!: string;
}

/** Does each fallback upstream answer this model? A short answer is paid for. */
@AdminController('api/fallback/probe')
export class FallbackProbeController {
  constructor(
    private readonly probe: FallbackProbe,
    private readonly audit: AuditLog,
  ) {}

  @Post()
  @HttpCode(200)
  async try(@Body() { model }: TrialDto, @Req() request: FastifyRequest): Promise<FallbackTrials> {
    const trials = await this.probe.try(model);
    this.audit.record(
      { act: 'fallback.probed', target: model, details: { answered: trials.every(({ answered }) => answered) } },
      request,
    );
    return { trials };
  }
}
