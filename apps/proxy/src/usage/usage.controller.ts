import type { UsageOfAll, UsageOfUser, UsageParameters, UserUsageParameters } from '@claude-proxy/admin-api';
import { Get, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo, ownUserOf, principalOf } from '../auth/principal.js';
import { invalidParameter, oneOf, parametersOf, type QueryParameters } from '../auth/query-parameters.js';
import { TeamDirectory } from '../auth/teams/team.directory.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { userIdOf } from '../auth/user-id.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { ZONE_RULE, Zone } from '../recording/zone.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { UsageQuery, type UsageQuestion } from './usage.query.js';

const DEFAULT_DAYS = 7;
const MAX_DAYS = 90;

/** Usage per user and day. */
@AdminController('v1/usage')
@OpenToThisMachine()
export class UsageController {
  constructor(
    private readonly usage: UsageQuery,
    private readonly upstreams: UpstreamNames,
    private readonly teams: TeamDirectory,
  ) {}

  /** With a client key: of its user, unless its role allows to name another one. */
  @Get('me')
  @OpenTo('user')
  ofUser(@Query() query: UserUsageParameters, @Req() request: FastifyRequest): Promise<UsageOfUser> {
    const parameters = parametersOf(query);
    const user = this.userFor(request, parameters['claude-code-user']);
    return this.usage.ofUser(user, usageQuestionOf(parameters, this.upstreams.all)).catch(storeUnavailable);
  }

  @Get()
  ofAll(@Query() query: UsageParameters): Promise<UsageOfAll> {
    return this.usage.ofAll(usageQuestionOf(parametersOf(query), this.upstreams.all)).catch(storeUnavailable);
  }

  /** @throws GatewayError permission_error for a user whose figures the caller may not read */
  private userFor(request: FastifyRequest, named: string | undefined): string {
    const principal = principalOf(request);
    const user = named === undefined ? (principal?.user ?? userIdOf(named)) : userIdOf(named);
    if (principal?.user === user) return user;
    const own = ownUserOf(request) ?? user;
    const isOfTeam = principal?.role !== 'viewer' || !principal.team || this.teams.teamOf(user) === principal.team;
    if (own === user && isOfTeam) return user;
    throw new GatewayError({ type: 'permission_error', message: 'You may not read the usage of this user.' });
  }
}

/** @throws GatewayError invalid_request_error */
export function usageQuestionOf(parameters: QueryParameters, upstreams: readonly string[]): UsageQuestion {
  const requestType = oneOf(parameters, 'request_type', ['all', ...upstreams]) ?? 'all';
  const zone = Zone.named(parameters.tz);
  if (!zone) throw invalidParameter('tz', parameters.tz!, ZONE_RULE);
  return { ...periodOf(parameters, zone), zone, requestType };
}

function periodOf({ days, date }: QueryParameters, zone: Zone): Pick<UsageQuestion, 'days' | 'period'> {
  if (days !== undefined && date !== undefined) throw invalidParameter('days', days, 'nothing beside "date"');
  if (date === undefined) {
    const count = daysOf(days);
    return { days: zone.lastDays(count, Date.now()), period: { period_days: count } };
  }
  const isDate = /^\d{4}-\d\d-\d\d$/.test(date) && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date);
  if (!isDate) throw invalidParameter('date', date, 'a day as YYYY-MM-DD');
  return { days: [date], period: { date } };
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DAYS;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_DAYS) return days;
  throw invalidParameter('days', text, `a whole number from 1 to ${MAX_DAYS}`);
}
