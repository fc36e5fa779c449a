import type { FallbackChange, FallbackState } from '@claude-proxy/admin-api';
import { Body, Get, Put, Req } from '@nestjs/common';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { AuditLog } from '../auth/audit.log.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { FallbackSwitch } from './fallback.switch.js';

const MAX_REASON_CHARACTERS = 200;
const ON_RULE = { message: 'is_on is required: true turns fallback on, false turns it off' };
const REASON_RULE = { message: `reason must be a text of at most ${MAX_REASON_CHARACTERS} characters` };

class FallbackChangeDto implements FallbackChange {
  @IsBoolean(ON_RULE)
  is_on!: boolean;

  @IsOptional()
  @IsString(REASON_RULE)
  @MaxLength(MAX_REASON_CHARACTERS, REASON_RULE)
  reason?: string;
}

/** The switch that turns fallback off in all tasks. */
@AdminController('api/fallback')
@OpenToThisMachine()
export class FallbackController {
  constructor(
    private readonly fallback: FallbackSwitch,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  state(): FallbackState {
    return this.fallback.state();
  }

  @Put()
  async change(@Body() change: FallbackChangeDto, @Req() request: FastifyRequest): Promise<FallbackState> {
    const reason = change.reason ?? '';
    await (change.is_on ? this.fallback.turnOn() : this.fallback.turnOff(reason)).catch(storeUnavailable);
    this.audit.record({ act: change.is_on ? 'fallback.on' : 'fallback.off', details: { reason } }, request);
    return this.fallback.state();
  }
}
