import {
  type ClientKey,
  type CreatedKey,
  KEY_ENDPOINTS,
  KEY_MASKINGS,
  KEY_ROLES,
  type KeyChange,
  type KeyEndpoint,
  type KeyLimits,
  type KeyList,
  type KeyMasking,
  type KeyRole,
  type NewKey,
} from '@claude-proxy/admin-api';
import { Body, Delete, Get, Header, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { storeUnavailable } from '../../state/store-unavailable.js';
import { AdminController } from '../admin-controller.decorator.js';
import { AuditLog } from '../audit.log.js';
import { TEAM_NAME } from '../teams/team-name.js';
import { KeyRegister } from './key.register.js';

const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;
const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;
const MAX_LIMIT = 1_000_000_000;

const NAME = { message: 'name is required: 1 to 100 characters' };
const USER = { message: 'user is required: the id of the user of the key' };
const TEAM = { message: 'team must be 1 to 60 letters, digits or "._-", or null' };
const MODELS = { message: 'models must be a list of names, where "*" stands for any text, or null' };
const ENDPOINTS = { message: `endpoints must be null or a list of: ${KEY_ENDPOINTS.join(', ')}` };
const ROLES = { message: `roles must be a list of: ${KEY_ROLES.join(', ')}` };
const LIMITS = {
  message: 'limits must have requests_per_minute, tokens_per_minute or concurrency: whole numbers over 0',
};
const EXPIRES = { message: 'expires_at must be a time in the future in epoch milliseconds, or null' };
const OVERLAP = { message: `overlap_seconds must be a whole number from 0 to ${MAX_OVERLAP_SECONDS}` };

class LimitsDto implements KeyLimits {
  @IsOptional()
  @IsInt(LIMITS)
  @Min(1, LIMITS)
  @Max(MAX_LIMIT, LIMITS)
  requests_per_minute?: number;

  @IsOptional()
  @IsInt(LIMITS)
  @Min(1, LIMITS)
  @Max(MAX_LIMIT, LIMITS)
  tokens_per_minute?: number;

  @IsOptional()
  @IsInt(LIMITS)
  @Min(1, LIMITS)
  @Max(MAX_LIMIT, LIMITS)
  concurrency?: number;
}

class AttributesDto {
  @IsOptional()
  @Matches(TEAM_NAME, TEAM)
  team?: string | null;

  @IsOptional()
  @IsArray(MODELS)
  @Matches(/^[\w.:/@*-]{1,100}$/, { each: true, ...MODELS })
  models?: string[] | null;

  @IsOptional()
  @IsArray(ENDPOINTS)
  @IsIn(KEY_ENDPOINTS, { each: true, ...ENDPOINTS })
  endpoints?: KeyEndpoint[] | null;

  @IsOptional()
  @IsArray(ROLES)
  @IsIn(KEY_ROLES, { each: true, ...ROLES })
  roles?: KeyRole[];

  @IsOptional()
  @IsObject(LIMITS)
  @ValidateNested()
  @Type(() => LimitsDto)
  limits?: LimitsDto;

  @IsOptional()
  @IsIn(KEY_MASKINGS, { message: 'masking must be "on" or "off"' })
  masking?: KeyMasking;

  @IsOptional()
  @IsInt(EXPIRES)
  @Min(Date.UTC(2025, 0, 1), EXPIRES)
  expires_at?: number | null;
}

class NewKeyDto extends AttributesDto implements NewKey {
  @IsString(NAME)
  @Length(1, 100, NAME)
  name!: string;

  @IsString(USER)
  user!: string;

  @IsOptional()
  @IsIn(['user', 'service'], { message: 'owner must be "user" or "service"' })
  owner?: 'user' | 'service';

  @IsOptional()
  @Matches(/^ccf_[0-9a-f]{64}$/, { message: 'imported_key must be "ccf_" and 64 hex digits' })
  imported_key?: string;
}

class KeyChangeDto extends AttributesDto implements KeyChange {
  @IsOptional()
  @IsString(NAME)
  @Length(1, 100, NAME)
  name?: string;

  @IsOptional()
  @IsIn(['active', 'disabled'], { message: 'state must be "active" or "disabled"; DELETE revokes a key for good' })
  state?: 'active' | 'disabled';
}

class RotationDto {
  @IsOptional()
  @IsInt(OVERLAP)
  @Min(0, OVERLAP)
  @Max(MAX_OVERLAP_SECONDS, OVERLAP)
  overlap_seconds?: number;
}

/** Client keys, for operators. */
@AdminController('api/keys')
export class KeysController {
  constructor(
    private readonly register: KeyRegister,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  async list(): Promise<KeyList> {
    return { keys: await this.register.list().catch(storeUnavailable) };
  }

  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async create(@Body() order: NewKeyDto, @Req() request: FastifyRequest): Promise<CreatedKey> {
    const created = await this.register.create(order, request).catch(storeUnavailable);
    const { name, user, roles = [] } = order;
    this.audit.record(
      { act: 'key.created', target: created.id, details: { name, user, roles: roles.join(' ') } },
      request,
    );
    return created;
  }

  @Patch(':id')
  async change(
    @Param('id') id: string,
    @Body() change: KeyChangeDto,
    @Req() request: FastifyRequest,
  ): Promise<ClientKey> {
    const changed = await this.register.change(id, change).catch(storeUnavailable);
    const what = Object.entries(change)
      .flatMap(([name, value]) => (value === undefined ? [] : [name]))
      .join(' ');
    this.audit.record({ act: 'key.changed', target: id, details: { what, state: changed.state } }, request);
    return changed;
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async rotate(
    @Param('id') id: string,
    @Body() order: RotationDto,
    @Req() request: FastifyRequest,
  ): Promise<CreatedKey> {
    const seconds = order.overlap_seconds ?? DEFAULT_OVERLAP_SECONDS;
    const rotated = await this.register.rotate(id, seconds).catch(storeUnavailable);
    this.audit.record({ act: 'key.rotated', target: id, details: { overlap_seconds: seconds } }, request);
    return rotated;
  }

  @Delete(':id')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.register.revoke(id).catch(storeUnavailable);
    this.audit.record({ act: 'key.revoked', target: id }, request);
  }
}
