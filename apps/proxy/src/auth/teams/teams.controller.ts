import type { Team, TeamList } from '@claude-proxy/admin-api';
import { Body, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../exchange/gateway-error.js';
import { storeUnavailable } from '../../state/store-unavailable.js';
import { AdminController } from '../admin-controller.decorator.js';
import { AuditLog } from '../audit.log.js';
import { OpenTo, principalOf } from '../principal.js';
import { userIdOf } from '../user-id.js';
import { TeamDirectory } from './team.directory.js';
import { TEAM_NAME } from './team-name.js';

/** An item of the store has 400 KB. */
const MAX_USERS = 2_000;
const USERS = { message: `users is required: a list of at most ${MAX_USERS} user ids` };

class TeamDto {
  @IsArray(USERS)
  @ArrayMaxSize(MAX_USERS, USERS)
  @IsString({ each: true, ...USERS })
  users!: string[];
}

/** Teams own users, and keys that name them. */
@AdminController('api/teams')
export class TeamsController {
  constructor(
    private readonly directory: TeamDirectory,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @OpenTo('team')
  async list(@Req() request: FastifyRequest): Promise<TeamList> {
    const teams = await this.directory.all().catch(storeUnavailable);
    const { role, team } = principalOf(request) ?? {};
    return { teams: role === 'viewer' && team ? teams.filter(({ name }) => name === team) : teams };
  }

  @Put(':team')
  async put(@Param('team') name: string, @Body() { users }: TeamDto, @Req() request: FastifyRequest): Promise<Team> {
    if (!TEAM_NAME.test(name)) throw invalidName(name);
    const team = { name, users: [...new Set(users.map(userIdOf))] };
    await this.directory.put(team).catch(storeUnavailable);
    this.audit.record({ act: 'team.changed', target: name, details: { users: users.length } }, request);
    return team;
  }

  @Delete(':team')
  @HttpCode(204)
  async remove(@Param('team') name: string, @Req() request: FastifyRequest): Promise<void> {
    await this.directory.remove(name).catch(storeUnavailable);
    this.audit.record({ act: 'team.removed', target: name }, request);
  }
}

function invalidName(name: string): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message: `The team is ${JSON.stringify(name.slice(0, 60))}; allowed: 1 to 60 letters, digits or "._-".`,
  });
}
