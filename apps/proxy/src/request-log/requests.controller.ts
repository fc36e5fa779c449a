import type { RequestDetail, RequestPage, RequestsParameters } from '@claude-proxy/admin-api';
import { Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo, ownUserOf } from '../auth/principal.js';
import { invalidParameter, parametersOf, type QueryParameters, wholeNumberOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { lineFilterOf, lineOrderOf } from './line-query.js';
import { readableLines } from './readable-lines.js';
import { lineOf } from './request-line.js';
import { type LineFilter, RequestLogQuery } from './request-log.query.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const CURSOR = /^\d{15}#exc_[0-9a-z]{24}$/;
/** An id of ours is a key, so a search for it reads one line. */
const EXCHANGE_ID = /^exc_[0-9a-z]{24}$/;

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
  page(@Query() query: RequestsParameters, @Req() request: FastifyRequest): Promise<RequestPage> {
    const isReadable = readableLines(request);
    // A user's own lines are the only ones, whatever user is named.
    const given = parametersOf(query);
    const parameters = ownUserOf(request) === undefined ? given : { ...given, user: undefined };
    const limit = wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const cursor = cursorOf(parameters);
    const { isWanted, ...span } = lineFilterOf(parameters, this.upstreams.all);
    const filter: LineFilter = { ...span, isWanted: (line) => isReadable(line) && isWanted(line) };
    const order = lineOrderOf(parameters);
    const id = parameters.q?.trim().toLowerCase() ?? '';
    const page = EXCHANGE_ID.test(id) ? this.pageOf(id, filter) : this.log.page(filter, { limit, cursor, order });
    return page.catch(storeUnavailable);
  }

  @Get(':id')
  @OpenTo('user')
  async detail(@Param('id') id: string, @Req() request: FastifyRequest): Promise<RequestDetail> {
    const detail = await this.log.detail(id).catch(storeUnavailable);
    if (detail && readableLines(request)(detail)) return detail;
    throw new GatewayError({
      type: 'not_found_error',
      message: `No exchange ${JSON.stringify(id.slice(0, 60))} is on record.`,
    });
  }

  /** The request with this id, if the filter matches it. */
  private async pageOf(id: string, filter: LineFilter): Promise<RequestPage> {
    const detail = await this.log.detail(id);
    const { sinceMs = 0, untilMs = Number.POSITIVE_INFINITY } = filter;
    const isFound = detail && detail.started_at >= sinceMs && detail.started_at <= untilMs && filter.isWanted(detail);
    return { requests: isFound ? [lineOf(detail)] : [], next_cursor: null, searched_since: 0, searched_requests: 1 };
  }
}

function cursorOf({ cursor }: QueryParameters): string | undefined {
  if (cursor === undefined || CURSOR.test(cursor)) return cursor;
  throw invalidParameter('cursor', cursor, 'the next_cursor of a page');
}
