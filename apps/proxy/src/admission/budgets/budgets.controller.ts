import type {
  Budget,
  BudgetCaps,
  BudgetList,
  BudgetOrder,
  BudgetRaise,
  Statement,
  StatementLine,
  StatementParameters,
} from '@claude-proxy/admin-api';
import { Body, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminController } from '../../auth/admin-controller.decorator.js';
import { AuditLog } from '../../auth/audit.log.js';
import { OpenTo, principalOf } from '../../auth/principal.js';
import { invalidParameter, oneOf, parametersOf } from '../../auth/query-parameters.js';
import { TeamDirectory } from '../../auth/teams/team.directory.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { storeUnavailable } from '../../state/store-unavailable.js';
import { BudgetReport } from './budget.report.js';
import { SCOPE, scopesOf } from './budget-record.js';
import { WHEN_OVER } from './budgets.config.js';
import { csvOf } from './statement-csv.js';

const MAX_USD = 10_000_000;
const MAX_TOKENS = 1e15;
const USD = { message: 'usd must have day, week or month: amounts over 0 in US dollars' };
const TOKENS = { message: 'tokens must have day, week or month: whole numbers over 0' };
const OVER = { message: 'when_over must be "refuse", "cheaper:" and a part of a model name, or null' };
const RAISE = { message: `usd is required: an amount over 0 in US dollars, at most ${MAX_USD}` };
const UNTIL = { message: 'until is required: a time in the future in epoch milliseconds' };

class DollarsDto implements BudgetCaps {
  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 6 }, USD)
  @Min(0.000001, USD)
  @Max(MAX_USD, USD)
  day?: number;

  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 6 }, USD)
  @Min(0.000001, USD)
  @Max(MAX_USD, USD)
  week?: number;

  @IsOptional()
  @IsNumber({ maxDecimalPlaces: 6 }, USD)
  @Min(0.000001, USD)
  @Max(MAX_USD, USD)
  month?: number;
}

class TokensDto implements BudgetCaps {
  @IsOptional()
  @IsInt(TOKENS)
  @Min(1, TOKENS)
  @Max(MAX_TOKENS, TOKENS)
  day?: number;

  @IsOptional()
  @IsInt(TOKENS)
  @Min(1, TOKENS)
  @Max(MAX_TOKENS, TOKENS)
  week?: number;

  @IsOptional()
  @IsInt(TOKENS)
  @Min(1, TOKENS)
  @Max(MAX_TOKENS, TOKENS)
  month?: number;
}

class BudgetDto implements BudgetOrder {
  @IsOptional()
  @IsObject(USD)
  @ValidateNested()
  @Type(() => DollarsDto)
  usd?: DollarsDto;

  @IsOptional()
  @IsObject(TOKENS)
  @ValidateNested()
  @Type(() => TokensDto)
  tokens?: TokensDto;

  @IsOptional()
  @Matches(WHEN_OVER, OVER)
  when_over?: string | null;

  @IsOptional()
  @IsBoolean({ message: 'bedrock_only must be true or false' })
  bedrock_only?: boolean;

  @IsOptional()
  @IsIn(['open', 'closed'], { message: 'on_store_loss must be "open", "closed" or null' })
  on_store_loss?: 'open' | 'closed' | null;
}

class RaiseDto implements BudgetRaise {
  @IsNumber({ maxDecimalPlaces: 6 }, RAISE)
  @Min(0.000001, RAISE)
  @Max(MAX_USD, RAISE)
  usd!: number;

  @IsInt(UNTIL)
  until!: number;
}

/** Budgets and what is left of them, and the statement of a month. */
@AdminController('api/budgets')
export class BudgetsController {
  constructor(
    private readonly report: BudgetReport,
    private readonly teams: TeamDirectory,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @OpenTo('user')
  async list(@Req() request: FastifyRequest): Promise<BudgetList> {
    const visible = this.visibleScopes(request);
    const budgets = visible ? this.report.of(visible) : this.report.all();
    return { budgets: await budgets.catch(storeUnavailable) };
  }

  /** What each user, team and key has spent in a month; as CSV with `format=csv`. */
  @Get('statement')
  @OpenTo('team')
  async statement(
    @Query() query: StatementParameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Statement | string> {
    const parameters = parametersOf(query);
    const { month = this.report.thisMonth() } = parameters;
    if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month)) throw invalidParameter('month', month, 'a month as YYYY-MM');
    const whole = await this.report.statement(month).catch(storeUnavailable);
    const statement = { month, lines: whole.lines.filter(this.readableLines(request)) };
    if (oneOf(parameters, 'format', ['json', 'csv']) !== 'csv') return statement;
    const name = `attachment; filename="statement-${month}.csv"`;
    void reply.header('content-type', 'text/csv; charset=utf-8').header('content-disposition', name);
    return csvOf(statement);
  }

  @Get(':scope')
  @OpenTo('user')
  async show(@Param('scope') given: string, @Req() request: FastifyRequest): Promise<Budget> {
    const scope = scopeIn(given);
    const visible = this.visibleScopes(request);
    const [budget] = visible && !visible.includes(scope) ? [] : await this.report.of([scope]).catch(storeUnavailable);
    if (!budget) throw noBudget(scope);
    return budget;
  }

  @Put(':scope')
  async put(@Param('scope') given: string, @Body() order: BudgetDto, @Req() request: FastifyRequest): Promise<Budget> {
    const scope = scopeIn(given);
    const { usd = {}, tokens = {}, when_over = null, bedrock_only = false, on_store_loss = null } = order;
    const record = { scope, usd: plain(usd), tokens: plain(tokens), when_over, bedrock_only, on_store_loss };
    if (Object.keys(record.usd).length + Object.keys(record.tokens).length === 0) throw noCaps();
    const budget = await this.report.put(record).catch(storeUnavailable);
    this.audit.record({ act: 'budget.set', target: scope, details: { caps: capsText(record) } }, request);
    return budget;
  }

  /** Ends by itself. */
  @Post(':scope/raise')
  @HttpCode(200)
  async raise(@Param('scope') given: string, @Body() raise: RaiseDto, @Req() request: FastifyRequest): Promise<Budget> {
    const scope = scopeIn(given);
    if (raise.until <= Date.now()) throw new GatewayError({ type: 'invalid_request_error', message: UNTIL.message });
    const { usd, until } = raise;
    const budget = await this.report.raise(scope, { usd, until }).catch(storeUnavailable);
    if (!budget) throw noBudget(scope);
    this.audit.record({ act: 'budget.raised', target: scope, details: { usd, until } }, request);
    return budget;
  }

  @Delete(':scope')
  @HttpCode(204)
  async remove(@Param('scope') given: string, @Req() request: FastifyRequest): Promise<void> {
    const scope = scopeIn(given);
    await this.report.remove(scope).catch(storeUnavailable);
    this.audit.record({ act: 'budget.removed', target: scope }, request);
  }

  /** The viewer of a team reads the lines of the team and of its users. */
  private readableLines(request: FastifyRequest): (line: StatementLine) => boolean {
    const principal = principalOf(request);
    const team = principal?.role === 'viewer' ? principal.team : null;
    if (team === null) return () => true;
    return ({ scope }) =>
      scope === `team:${team}` ||
      (scope.startsWith('user:') && this.teams.teamOf(scope.slice('user:'.length)) === team);
  }

  /** Undefined for those who see all. A user sees the budgets that hold for it, but not how much others spend. */
  private visibleScopes(request: FastifyRequest): string[] | undefined {
    const principal = principalOf(request);
    if (!principal || principal.role === 'admin') return undefined;
    const { role, user, team, keyId } = principal;
    if (role === 'viewer') return team === null ? undefined : [`team:${team}`];
    if (user === null) return [];
    const spender = { user, team: team ?? this.teams.teamOf(user), keyId: keyId ?? undefined };
    return scopesOf(spender).filter((scope) => scope !== 'everybody');
  }
}

function scopeIn(given: string): string {
  const scope = given.normalize('NFC');
  if (SCOPE.test(scope)) return scope;
  throw new GatewayError({
    type: 'invalid_request_error',
    message: `The scope is ${JSON.stringify(given.slice(0, 60))}; allowed: everybody, user:NAME, team:NAME, key:ID, and * as a name for all that have no budget of their own.`,
  });
}

function noBudget(scope: string): GatewayError {
  return new GatewayError({ type: 'not_found_error', message: `${scope} has no budget.` });
}

function noCaps(): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message: 'The budget has no cap. Send usd or tokens with day, week or month; DELETE removes a budget.',
  });
}

/** Members that are missing in the body are missing in the record. */
function plain(caps: BudgetCaps): BudgetCaps {
  return Object.fromEntries(Object.entries(caps).filter(([, value]) => value !== undefined && value !== null));
}

function capsText({ usd, tokens }: { usd: BudgetCaps; tokens: BudgetCaps }): string {
  const dollars = Object.entries(usd).map(([window, amount]) => `${amount} USD a ${window}`);
  return [...dollars, ...Object.entries(tokens).map(([window, amount]) => `${amount} tokens a ${window}`)].join(', ');
}
