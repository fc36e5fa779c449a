import type { Outcome, RequestDetail, RequestPage } from '@claude-proxy/admin-api';
import { Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo, ownUserOf } from '../auth/principal.js';
import {
  invalidParameter,
  oneOf,
  parametersOf,
  type QueryParameters,
  wholeNumberOf,
} from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { type LineFilter, RequestLogQuery } from './request-log.query.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const OUTCOMES = ['completed', 'refused', 'aborted', 'broken'] as const satisfies readonly Outcome[];
const CURSOR = /^\d{15}#exc_[0-9a-z]{24}$/;

/** Finished exchanges: the list, and the details of one. */
@AdminController('api/requests')
@OpenToThisMachine()
export class RequestsController {
  constructor(
    private readonly log: RequestLogQuery,
    private readonly upstreams: UpstreamNames,
  ) {}

  @Get()
  @OpenTo('user')
  page(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest): Promise<RequestPage> {
    const parameters = parametersOf(query);
    const limit = wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const { cursor } = parameters;
    if (cursor !== undefined && !CURSOR.test(cursor))
      throw invalidParameter('cursor', cursor, 'the next_cursor of a page');
    const filter = filterOf(parameters, this.upstreams.all);
    const own = ownUserOf(request);
    return this.log.page(own === undefined ? filter : { ...filter, user: own }, limit, cursor).catch(storeUnavailable);
  }

  @Get(':id')
  @OpenTo('user')
  async detail(@Param('id') id: string, @Req() request: FastifyRequest): Promise<RequestDetail> {
    const detail = await this.log.detail(id).catch(storeUnavailable);
    const own = ownUserOf(request);
    if (detail && (own === undefined || detail.user === own)) return detail;
    throw new GatewayError({
      type: 'not_found_error',
      message: `No exchange ${JSON.stringify(id.slice(0, 60))} is on record.`,
    });
  }
}

function filterOf(parameters: QueryParameters, upstreams: readonly string[]): LineFilter {
  const { user, model } = parameters;
  const filter: Record<keyof LineFilter, unknown> = {
    // User names are stored in this form.
    user: user?.normalize('NFC'),
    model,
    upstream: oneOf(parameters, 'upstream', upstreams),
    outcome: oneOf(parameters, 'outcome', OUTCOMES),
    status: wholeNumberOf(parameters, 'status', 0, 599),
    sinceMs: timeOf(parameters, 'since'),
    untilMs: timeOf(parameters, 'until'),
    isFallback: flagOf(parameters, 'fallbacks'),
    isError: flagOf(parameters, 'errors'),
    slowMs: wholeNumberOf(parameters, 'slow_ms', 0, 86_400_000),
  };
  return filter as LineFilter;
}

/** JavaScript also reads "12345" as a year and "-1" as a month. */
const ISO_DATE = /^(?:\d{4}|[+-]\d{6})-\d\d/;

/** Epoch milliseconds, or an ISO date. */
function timeOf(parameters: QueryParameters, name: string): number | undefined {
  const text = parameters[name];
  if (text === undefined) return undefined;
  const time = /^\d{12,15}$/.test(text) ? Number(text) : ISO_DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw invalidParameter(name, text, 'epoch milliseconds or an ISO date');
  return time;
}

function flagOf(parameters: QueryParameters, name: string): boolean {
  const text = parameters[name];
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw invalidParameter(name, text, '"true" or "false"');
}
