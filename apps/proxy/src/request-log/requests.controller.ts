import type { Outcome, RequestDetail, RequestPage } from '@claude-proxy/admin-api';
import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../auth/admin.guard.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { type LineFilter, RequestLogQuery } from './request-log.query.js';
import { storeUnavailable } from './store-unavailable.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;
const OUTCOMES: ReadonlySet<string> = new Set<Outcome>(['completed', 'refused', 'aborted', 'broken']);
const CURSOR = /^\d{15}#exc_[0-9a-z]{24}$/;

type Parameters = Readonly<Record<string, string | undefined>>;

/** Finished exchanges: the list, and the story of one. */
@Controller('api/requests')
@UseGuards(AdminGuard)
export class RequestsController {
  constructor(private readonly log: RequestLogQuery) {}

  @Get()
  page(@Query() parameters: Parameters): Promise<RequestPage> {
    const limit = wholeNumberOf(parameters, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const { cursor } = parameters;
    if (cursor !== undefined && !CURSOR.test(cursor)) throw invalid('cursor', cursor, 'the next_cursor of a page');
    return this.log.page(filterOf(parameters), limit, cursor).catch(storeUnavailable);
  }

  @Get(':id')
  async detail(@Param('id') id: string): Promise<RequestDetail> {
    const detail = await this.log.detail(id).catch(storeUnavailable);
    if (detail) return detail;
    throw new GatewayError({
      type: 'not_found_error',
      message: `No exchange ${JSON.stringify(id.slice(0, 60))} is on record.`,
    });
  }
}

function filterOf(parameters: Parameters): LineFilter {
  const filter: Record<keyof LineFilter, unknown> = {
    // A field that was left empty in a form asks for nothing.
    user: parameters.user || undefined,
    model: parameters.model || undefined,
    upstream: parameters.upstream || undefined,
    outcome: outcomeOf(parameters),
    status: wholeNumberOf(parameters, 'status', 0, 599),
    sinceMs: timeOf(parameters, 'since'),
    untilMs: timeOf(parameters, 'until'),
    isFallback: flagOf(parameters, 'fallbacks'),
    isError: flagOf(parameters, 'errors'),
    slowMs: wholeNumberOf(parameters, 'slow_ms', 0, 86_400_000),
  };
  return filter as LineFilter;
}

function outcomeOf({ outcome }: Parameters): Outcome | undefined {
  if (!outcome) return undefined;
  if (OUTCOMES.has(outcome)) return outcome as Outcome;
  throw invalid('outcome', outcome, [...OUTCOMES].join(', '));
}

/** Epoch milliseconds, or a date that JavaScript reads. */
function timeOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters[name];
  if (text === undefined || text === '') return undefined;
  const time = /^\d{12,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw invalid(name, text, 'epoch milliseconds or an ISO date');
  return time;
}

function flagOf(parameters: Parameters, name: string): boolean {
  const text = parameters[name];
  if (text === undefined || text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw invalid(name, text, '"true" or "false"');
}

function wholeNumberOf(parameters: Parameters, name: string, minimum: number, maximum: number): number | undefined {
  const text = parameters[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  throw invalid(name, text, `a whole number from ${minimum} to ${maximum}`);
}

function invalid(name: string, value: string, allowed: string): GatewayError {
  const message = `${name} is ${JSON.stringify(value.slice(0, 60))}; allowed: ${allowed}.`;
  return new GatewayError({ type: 'invalid_request_error', message });
}
