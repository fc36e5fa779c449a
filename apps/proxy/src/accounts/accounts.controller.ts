import {
  ACCOUNT_STATES,
  type Account as AccountAnswer,
  type AccountChange,
  type AccountList,
  type AccountProbe,
  type AccountSetting,
  type AddedAccount,
  type NewAccount,
} from '@claude-proxy/admin-api';
import { Body, Delete, Get, HttpCode, Param, ParseIntPipe, Patch, Post, Query, Req } from '@nestjs/common';
import { IsArray, IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { AuditLog } from '../auth/audit.log.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import type { Account } from './account.js';
import { AccountRegister } from './account.register.js';
import { AccountFigures } from './account-figures.js';
import { ACCOUNT_NAME } from './account-keys.js';
import { AccountPool } from './account-pool.js';
import { accountView } from './account-view.js';

const MAX_PRIORITY = 1_000_000;
const MAX_WEIGHT = 1_000;

const NAME = { message: 'name must be 1 to 64 letters, digits or "._-", and begin with a letter or a digit' };
const KEY = { message: 'key is required: an API key of the Claude Console' };
const PRIORITY = { message: `priority must be a whole number from 0 to ${MAX_PRIORITY}` };
const WEIGHT = { message: `weight must be a number from 0 to ${MAX_WEIGHT}` };
const MODELS = { message: 'models must be a list of model ids, or null' };

class SettingsDto {
  @IsOptional()
  @IsInt(PRIORITY)
  @Min(0, PRIORITY)
  @Max(MAX_PRIORITY, PRIORITY)
  priority?: number;

  @IsOptional()
  @IsNumber({}, WEIGHT)
  @Min(0, WEIGHT)
  @Max(MAX_WEIGHT, WEIGHT)
  weight?: number;

  @IsOptional()
  @IsArray(MODELS)
  @Matches(/^[\w.:@-]{1,100}$/, { each: true, ...MODELS })
  models?: string[] | null;
}

class NewAccountDto extends SettingsDto implements NewAccount {
  @Matches(ACCOUNT_NAME, NAME)
  name!: string;

  @IsString(KEY)
  @Length(1, 512, KEY)
  key!: string;
}

class AccountChangeDto extends SettingsDto implements AccountChange {
  @IsOptional()
  @Matches(ACCOUNT_NAME, NAME)
  name?: string;

  @IsOptional()
  @IsIn(ACCOUNT_STATES, { message: `state must be one of: ${ACCOUNT_STATES.join(', ')}` })
  state?: AccountSetting;

  @IsOptional()
  @IsInt({ message: 'if_revision must be the revision that the account had when it was read' })
  if_revision?: number;
}

/** The accounts of the pool, for operators. */
@AdminController('api/accounts')
export class AccountsController {
  constructor(
    private readonly pool: AccountPool,
    private readonly register: AccountRegister,
    private readonly figures: AccountFigures,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(@Query('fresh') fresh?: string): Promise<AccountList> {
    if (fresh === 'true') await this.register.refresh();
    return { accounts: await this.views(this.pool.list.all) };
  }

  @Post()
  @HttpCode(201)
  async add(@Body() order: NewAccountDto, @Req() request: FastifyRequest): Promise<AddedAccount> {
    const added = await this.register.add(order).catch(storeUnavailable);
    this.audit.record({ act: 'account.added', target: added.id, details: { name: added.name } }, request);
    const { organization } = this.pool.list.ownersOf(added);
    const same = this.pool.list.all.filter(
      (each) => each.id !== added.id && this.pool.list.ownersOf(each).organization === organization,
    );
    return { account: await this.view(added), same_organization: same.map(({ name }) => name) };
  }

  @Patch(':id')
  async change(
    @Param('id') id: string,
    @Body() change: AccountChangeDto,
    @Req() request: FastifyRequest,
  ): Promise<AccountAnswer> {
    const changed = await this.register.change(id, change).catch(storeUnavailable);
    const given = Object.entries(change).filter(([name, value]) => value !== undefined && name !== 'if_revision');
    const details = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
    this.audit.record({ act: 'account.changed', target: id, details }, request);
    return this.view(changed);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Query('if_revision', new ParseIntPipe({ optional: true })) ifRevision?: number,
  ): Promise<void> {
    const { name } = await this.register.remove(id, ifRevision).catch(storeUnavailable);
    this.audit.record({ act: 'account.removed', target: id, details: { name } }, request);
  }

  @Post(':id/probe')
  @HttpCode(200)
  async probe(@Param('id') id: string, @Req() request: FastifyRequest): Promise<AccountProbe> {
    const { outcome, detail, account } = await this.register.probe(id);
    this.audit.record({ act: 'account.probed', target: id, details: { outcome } }, request);
    return { outcome, detail, account: await this.view(account) };
  }

  private async view(account: Account): Promise<AccountAnswer> {
    return (await this.views([account]))[0]!;
  }

  private async views(accounts: readonly Account[]): Promise<AccountAnswer[]> {
    const uses = await this.figures.byAccount().catch(storeUnavailable);
    const sessions = this.pool.sessions.countByAccount(this.pool.nowMs());
    return accounts.map((account) =>
      accountView(account, this.pool, uses.get(account.id), sessions.get(account.id) ?? 0),
    );
  }
}
