import type { Drill, DrillList, DrillOrder } from '@claude-proxy/admin-api';
import { Body, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { IsInt, IsNumber, IsPositive, IsString, Max, Min, ValidateIf } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../../auth/admin-controller.decorator.js';
import { AuditLog } from '../../auth/audit.log.js';
import { OpenToThisMachine } from '../../auth/this-machine.js';
import { userIdOf } from '../../auth/user-id.js';
import { storeUnavailable } from '../../state/store-unavailable.js';
import { DrillRegister } from './drill.register.js';

const MAX_SECONDS = 3_600;
const USER_RULE = { message: 'user is required: the id of one user, or null for all users' };
const SECONDS_RULE = { message: `seconds is required and must be a whole number from 1 to ${MAX_SECONDS}` };
const SHARE_RULE = { message: 'share must be a number above 0, and 1 at most' };

/** The user is never guessed: a typing error must not affect all users. */
class DrillOrderDto implements DrillOrder {
  @ValidateIf(({ user }: DrillOrderDto) => user !== null)
  @IsString(USER_RULE)
  user!: string | null;

  @IsInt(SECONDS_RULE)
  @Min(1, SECONDS_RULE)
  @Max(MAX_SECONDS, SECONDS_RULE)
  seconds!: number;

  @IsNumber({}, SHARE_RULE)
  @IsPositive(SHARE_RULE)
  @Max(1, SHARE_RULE)
  share = 1;
}

/** Rehearsals of a limit, started and stopped by an operator. */
@AdminController('api/drills')
@OpenToThisMachine()
export class DrillsController {
  constructor(
    private readonly drills: DrillRegister,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(): Promise<DrillList> {
    return { drills: await this.drills.running(), is_forced: this.drills.isForced };
  }

  @Post()
  @HttpCode(201)
  async start(@Body() order: DrillOrderDto, @Req() request: FastifyRequest): Promise<Drill> {
    const { seconds, share } = order;
    const user = order.user === null ? null : userIdOf(order.user);
    const drill = await this.drills.start({ user, seconds, share }).catch(storeUnavailable);
    this.audit.record({ act: 'drill.started', target: user, details: { id: drill.id, seconds, share } }, request);
    return drill;
  }

  @Delete(':id')
  @HttpCode(204)
  async stop(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const user = (await this.drills.running()).find((drill) => drill.id === id)?.user ?? null;
    await this.drills.stop(id).catch(storeUnavailable);
    this.audit.record({ act: 'drill.ended', target: user, details: { id } }, request);
  }
}
