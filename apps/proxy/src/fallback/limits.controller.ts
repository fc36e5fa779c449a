import type { Limit, LimitList } from '@claude-proxy/admin-api';
import { Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { AuditLog } from '../auth/audit.log.js';
import { OpenTo, ownUserOf, principalOf } from '../auth/principal.js';
import { TeamDirectory } from '../auth/teams/team.directory.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { userIdOf } from '../auth/user-id.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { LimitStore } from './limit.store.js';
import { type LimitItem, livingScopes } from './limit-item.js';
import { isAccount } from './limit-owner.js';

/** Who is limited, until when; and an end to it. */
@AdminController('api/limits')
@OpenToThisMachine()
export class LimitsController {
  constructor(
    private readonly limits: LimitStore,
    private readonly teams: TeamDirectory,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @OpenTo('user')
  async list(@Req() request: FastifyRequest): Promise<LimitList> {
    const items = await this.limits.all().catch(storeUnavailable);
    const own = ownUserOf(request);
    const { role, team } = principalOf(request) ?? {};
    const ofTeam = role === 'viewer' && team ? team : undefined;
    const shown = items.filter(({ user_id: user }) =>
      own === undefined ? ofTeam === undefined || this.teams.teamOf(user) === ofTeam : user === own,
    );
    const limits = shown.flatMap(limitsOf).sort((a, b) => b.until - a.until);
    return { limits };
  }

  @Delete(':user')
  @HttpCode(204)
  async clear(@Param('user') given: string, @Req() request: FastifyRequest): Promise<void> {
    const user = isAccount(given) ? given : userIdOf(given);
    await this.limits.clear(user).catch(storeUnavailable);
    this.audit.record({ act: 'limit.cleared', target: user }, request);
  }
}

function limitsOf(item: LimitItem): Limit[] {
  const nowMs = Date.now();
  return Object.entries(livingScopes(item, nowMs / 1_000)).map(([scope, { retry_until, reason, drill, spent }]) => ({
    user: item.user_id,
    scope,
    reason,
    until: retry_until * 1_000,
    seconds_left: spent ? null : Math.ceil(retry_until - nowMs / 1_000),
    is_drill: drill,
  }));
}
