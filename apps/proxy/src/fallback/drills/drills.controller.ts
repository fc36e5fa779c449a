import type { Drill, DrillList } from '@claude-proxy/admin-api';
import { Controller, Delete, Get, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { IsInt, IsNumber, IsOptional, IsPositive, IsString, Max, Min, validateSync } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminGuard } from '../../auth/admin.guard.js';
import { AuditLog } from '../../auth/audit.log.js';
import { readJsonBody } from '../../auth/json-body.js';
import { OpenToThisMachine } from '../../auth/this-machine.js';
import { userIdOf } from '../../auth/user-id.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { storeUnavailable } from '../../state/store-unavailable.js';
import { DrillRegister } from './drill.register.js';

const MAX_SECONDS = 3_600;
/** Of the members that are none, the first ones are named. */
const MAX_NAMED = 5;
const MEMBERS = ['user', 'seconds', 'share'];
const SECONDS_RULE = { message: `seconds is required and must be a whole number from 1 to ${MAX_SECONDS}` };
const SHARE_RULE = { message: 'share must be a number above 0, and 1 at most' };

class DrillShape {
  @IsOptional()
  @IsString()
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
@Controller('api/drills')
@UseGuards(AdminGuard)
@OpenToThisMachine()
export class DrillsController {
  constructor(
    private readonly drills: DrillRegister,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  list(): DrillList {
    return { drills: this.drills.running(), is_forced: this.drills.isForced };
  }

  @Post()
  @HttpCode(201)
  async start(@Req() request: FastifyRequest): Promise<Drill> {
    const { user, seconds, share } = orderOf(await readJsonBody(request.raw));
    const drill = await this.drills.start({ user, seconds, share }).catch(storeUnavailable);
    this.audit.record({ act: 'drill.started', target: user, details: { id: drill.id, seconds, share } }, request);
    return drill;
  }

  @Delete(':id')
  @HttpCode(204)
  async stop(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const user = this.drills.running().find((drill) => drill.id === id)?.user ?? null;
    await this.drills.stop(id).catch(storeUnavailable);
    this.audit.record({ act: 'drill.ended', target: user, details: { id } }, request);
  }
}

function orderOf(body: Readonly<Record<string, unknown>>): DrillShape {
  const { user, seconds, share = 1 } = body;
  const order = Object.assign(new DrillShape(), { user, seconds, share });
  const faults = validateSync(order, { stopAtFirstError: true });
  const sentences = [...slipsIn(body), ...faults.flatMap((fault) => Object.values(fault.constraints ?? {}))];
  if (sentences.length === 0) return { ...order, user: order.user === null ? null : userIdOf(order.user) };
  throw new GatewayError({
    type: 'invalid_request_error',
    message: `The drill is not valid: ${sentences.join('; ')}.`,
  });
}

/** Whom a drill strikes is never guessed: a slip of the pen must not strike everybody. */
function slipsIn(body: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(body).filter((name) => !MEMBERS.includes(name));
  const slips = unknown
    .slice(0, MAX_NAMED)
    .map((name) => `${JSON.stringify(name.slice(0, 60))} is no member of a drill`);
  return body.user === undefined ? [...slips, 'user is required, and null for everybody'] : slips;
}
