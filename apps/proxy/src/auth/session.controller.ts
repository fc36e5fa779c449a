import type { Session } from '@claude-proxy/admin-api';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Allow } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VERSION } from '../config/version.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminAccess } from './admin.access.js';
import { WithJsonBody } from './admin-controller.decorator.js';
import { AuditLog } from './audit.log.js';
import { isOverTls, isSameOrigin } from './browser-origin.js';
import { endedCookies, sessionCookie } from './session.cookie.js';

/** A token of another type counts as a wrong token. */
class SignInDto {
  @Allow()
  token: unknown;
}

/** Sign-in of the dashboard: the token is sent once and replaced by a cookie that scripts cannot read. */
@Controller('api/session')
@WithJsonBody()
export class SessionController {
  constructor(
    private readonly admin: AdminAccess,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest): Promise<Session> {
    const principal = await this.admin.authenticate(request);
    const session = { is_signed_in: principal !== undefined, needs_token: this.admin.hasToken };
    if (!principal) return session;
    const { role, user, team } = principal;
    return { ...session, role, user, team, version: VERSION };
  }

  @Post()
  @HttpCode(200)
  async begin(
    @Body() { token }: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    if (!isSameOrigin(request)) throw wrongToken();
    const value = typeof token === 'string' ? await this.admin.beginSession(token, request) : undefined;
    if (value === undefined) throw wrongToken();
    this.audit.record({ act: 'session.begun' }, request);
    reply.header('set-cookie', sessionCookie(value, isOverTls(request)));
    return { is_signed_in: true, needs_token: true };
  }

  @Delete()
  @HttpCode(204)
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (!isSameOrigin(request)) throw foreignPage();
    if (await this.admin.endSession(request)) this.audit.record({ act: 'session.ended' }, request);
    reply.header('set-cookie', endedCookies(isOverTls(request)));
  }
}

function foreignPage(): GatewayError {
  return new GatewayError({ type: 'permission_error', message: 'Only a page of this gateway can sign out.' });
}

function wrongToken(): GatewayError {
  return new GatewayError({
    type: 'authentication_error',
    message: 'This is not the admin token, and not a client key.',
  });
}
