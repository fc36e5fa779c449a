import type { CreatedKey, Me } from '@claude-proxy/admin-api';
import { Body, Delete, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { AdminController } from './admin-controller.decorator.js';
import { AuditLog } from './audit.log.js';
import { actorOf } from './audit-actor.js';
import { KeyRegister } from './keys/key.register.js';
import { type KeysConfig, keysSection } from './keys/keys.config.js';
import { OpenTo, type Principal, principalOf } from './principal.js';
import { TeamDirectory } from './teams/team.directory.js';

const MAX_OWN_KEYS = 10;
const NAME = { message: 'name is required: 1 to 100 characters' };

class OwnKeyDto {
  @IsString(NAME)
  @Length(1, 100, NAME)
  name!: string;
}

/** The view of a user: who it is, and its keys. */
@AdminController('api/me')
export class MeController {
  constructor(
    private readonly register: KeyRegister,
    private readonly teams: TeamDirectory,
    private readonly audit: AuditLog,
    @Inject(keysSection.token) private readonly config: KeysConfig,
  ) {}

  @Get()
  @OpenTo('user')
  async me(@Req() request: FastifyRequest): Promise<Me> {
    const { role, user, team, keyId } = principalIn(request);
    const keys = user === null ? [] : await this.ownKeys(user);
    const ownTeam = team ?? (user === null ? undefined : this.teams.teamOf(user));
    return { role, user, team: ownTeam ?? null, key_id: keyId, keys, may_create_keys: this.maySelfServe(request) };
  }

  /** For people who have signed in at the load balancer: a key cannot create keys. */
  @Post('keys')
  @OpenTo('user')
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  async create(@Body() { name }: OwnKeyDto, @Req() request: FastifyRequest): Promise<CreatedKey> {
    const user = this.expectSelfService(request);
    const usable = (await this.ownKeys(user)).filter(({ state }) => state === 'active' || state === 'disabled');
    if (usable.length >= MAX_OWN_KEYS) throw tooMany();
    const { team } = principalIn(request);
    const created = await this.register.create({ name, user, team }, request).catch(storeUnavailable);
    this.audit.record({ act: 'key.created', target: created.id, details: { name, user } }, request);
    return created;
  }

  @Delete('keys/:id')
  @OpenTo('user')
  @HttpCode(204)
  async revoke(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const user = this.expectSelfService(request);
    if (!(await this.ownKeys(user)).some((key) => key.id === id)) throw notYours();
    await this.register.revoke(id).catch(storeUnavailable);
    this.audit.record({ act: 'key.revoked', target: id }, request);
  }

  private async ownKeys(user: string) {
    const keys = await this.register.list().catch(storeUnavailable);
    return keys.filter((key) => key.user === user);
  }

  private maySelfServe(request: FastifyRequest): boolean {
    return this.config.isSelfService && actorOf(request).kind === 'sign_in';
  }

  private expectSelfService(request: FastifyRequest): string {
    const { user } = principalIn(request);
    if (this.maySelfServe(request) && user !== null) return user;
    throw new GatewayError({
      type: 'permission_error',
      message:
        'Only people who have signed in at the load balancer manage their own keys, if KEY_SELF_SERVICE is true. Ask the operator for a key.',
    });
  }
}

function principalIn(request: FastifyRequest): Principal {
  return principalOf(request)!;
}

function tooMany(): GatewayError {
  return new GatewayError({
    type: 'conflict_error',
    message: `You have ${MAX_OWN_KEYS} keys, which is the most that are allowed. Revoke one first.`,
  });
}

function notYours(): GatewayError {
  return new GatewayError({ type: 'not_found_error', message: 'You have no key with this id.' });
}
