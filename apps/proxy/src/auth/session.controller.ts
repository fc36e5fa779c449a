import type { Session } from '@claude-proxy/admin-api';
import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminAccess } from './admin.access.js';
import { isSameOrigin } from './browser-origin.js';
import { readJsonBody } from './json-body.js';
import { sessionCookie } from './session.cookie.js';

/** How the dashboard gets in: the token is shown once, then a cookie stands for it that no script can read. */
@Controller('api/session')
export class SessionController {
  constructor(private readonly admin: AdminAccess) {}

  @Get()
  async show(@Req() request: FastifyRequest): Promise<Session> {
    return { is_signed_in: await this.admin.isAdmin(request), needs_token: this.admin.hasToken };
  }

  @Post()
  @HttpCode(200)
  async begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Session> {
    if (!isSameOrigin(request)) throw wrongToken();
    const { token } = await readJsonBody(request.raw);
    const value = typeof token === 'string' ? this.admin.beginSession(token, request) : undefined;
    if (value === undefined) throw wrongToken();
    reply.header('set-cookie', sessionCookie(value, request.protocol === 'https'));
    return { is_signed_in: true, needs_token: true };
  }

  @Delete()
  @HttpCode(204)
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    reply.header('set-cookie', sessionCookie('', request.protocol === 'https'));
  }
}

function wrongToken(): GatewayError {
  return new GatewayError({ type: 'authentication_error', message: 'This is not the admin token.' });
}
