import {
  SESSION_ORDERS,
  type SessionDetail,
  type SessionPage,
  type SessionParameters,
  type SessionsParameters,
} from '@claude-proxy/admin-api';
import { Get, Param, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { oneOf, parametersOf, wholeNumberOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { readableLines } from './readable-lines.js';
import { SessionsQuery } from './sessions.query.js';

const MAX_DAYS = 31;
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const MAX_OFFSET = 1_000_000;

/** Sessions of clients: the list, and the requests of one. */
@AdminController('api/sessions')
@OpenToThisMachine()
export class SessionsController {
  constructor(private readonly sessions: SessionsQuery) {}

  @Get()
  @OpenTo('user')
  page(@Query() query: SessionsParameters, @Req() request: FastifyRequest): Promise<SessionPage> {
    const isReadable = readableLines(request);
    const parameters = parametersOf(query);
    const { user, q } = parameters;
    const needle = q?.toLowerCase() ?? '';
    const question = {
      days: wholeNumberOf(parameters, 'days', 1, MAX_DAYS) ?? 1,
      order: oneOf(parameters, 'sort', SESSION_ORDERS) ?? 'recent',
      limit: wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
      offset: wholeNumberOf(parameters, 'cursor', 0, MAX_OFFSET) ?? 0,
      isWanted: (line: { readonly user: string; readonly team: string | null; readonly session: string }) =>
        isReadable(line) &&
        (user === undefined || line.user === user.normalize('NFC')) &&
        (line.session.toLowerCase().includes(needle) || line.user.toLowerCase().includes(needle)),
    };
    return this.sessions.page(question).catch(storeUnavailable);
  }

  @Get(':id')
  @OpenTo('user')
  async detail(
    @Param('id') id: string,
    @Query() query: SessionParameters,
    @Req() request: FastifyRequest,
  ): Promise<SessionDetail> {
    const isReadable = readableLines(request);
    const user = parametersOf(query).user?.normalize('NFC');
    const isWanted = (line: Parameters<typeof isReadable>[0]) =>
      isReadable(line) && (user === undefined || line.user === user);
    const detail = await this.sessions.detail(id, isWanted).catch(storeUnavailable);
    if (detail) return detail;
    throw new GatewayError({
      type: 'not_found_error',
      message: `No session ${JSON.stringify(id.slice(0, 60))} is on record.`,
    });
  }
}
