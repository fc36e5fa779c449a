import type { UsageOfAll, UsageOfUser } from '@claude-proxy/admin-api';
import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../auth/admin.guard.js';
import { userIdOf } from '../auth/user-id.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { UsageQuery, type UsageQuestion } from './usage.query.js';

const DEFAULT_DAYS = 7;
const MAX_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1_000;
const REQUEST_TYPE = /^[\w.-]{1,64}$/;

type Parameters = Readonly<Record<string, string | undefined>>;

/** Who used how much, day by day. */
@Controller('v1/usage')
@UseGuards(AdminGuard)
export class UsageController {
  constructor(private readonly usage: UsageQuery) {}

  @Get('me')
  ofUser(@Query() parameters: Parameters): Promise<UsageOfUser> {
    return this.usage.ofUser(userIdOf(parameters['claude-code-user']), questionOf(parameters)).catch(unavailable);
  }

  @Get()
  ofAll(@Query() parameters: Parameters): Promise<UsageOfAll> {
    return this.usage.ofAll(questionOf(parameters)).catch(unavailable);
  }
}

function questionOf({ days, date, request_type: requestType = 'all' }: Parameters): UsageQuestion {
  if (!REQUEST_TYPE.test(requestType)) throw invalid('request_type', requestType, '"all", "anthropic" or "bedrock"');
  if (days !== undefined && date !== undefined) throw invalid('days', days, 'nothing beside "date"');
  if (date === undefined) {
    const count = daysOf(days);
    return { days: lastDays(count), period: { period_days: count }, requestType };
  }
  const isDate = /^\d{4}-\d\d-\d\d$/.test(date) && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date);
  if (!isDate) throw invalid('date', date, 'a day as YYYY-MM-DD');
  return { days: [date], period: { date }, requestType };
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DAYS;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MAX_DAYS) return days;
  throw invalid('days', text, `a whole number from 1 to ${MAX_DAYS}`);
}

/** Today is the last of them. UTC. */
function lastDays(count: number): string[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, back) => new Date(now - back * DAY_MS).toISOString().slice(0, 10));
}

function invalid(name: string, value: string, allowed: string): GatewayError {
  const message = `${name} is ${JSON.stringify(value.slice(0, 60))}; allowed: ${allowed}.`;
  return new GatewayError({ type: 'invalid_request_error', message });
}

function unavailable(cause: unknown): never {
  throw new GatewayError({ type: 'api_error', status: 503, message: 'The store of usage does not answer.', cause });
}
