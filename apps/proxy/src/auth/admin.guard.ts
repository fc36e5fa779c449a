import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { type AuthConfig, authSection } from './auth.config.js';

/** Any of these means that somebody else's connection stands behind the one we see. */
const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** Lets in whoever shows the admin token; where none is set, direct connections from this machine. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(authSection.token) private readonly config: AuthConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.isAdmin(raw)) return true;
    if (this.config.adminToken) {
      throw new GatewayError({
        type: 'authentication_error',
        message: 'This endpoint needs the admin token: send it as "authorization: Bearer" or "x-admin-token".',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    throw new GatewayError({
      type: 'permission_error',
      message: 'Without an ADMIN_TOKEN this endpoint answers direct connections from the same machine only.',
    });
  }

  isAdmin(request: IncomingMessage): boolean {
    const token = this.config.adminToken?.reveal();
    return token ? showsToken(request, token) : isDirectLoopback(request);
  }
}

function showsToken(request: IncomingMessage, token: string): boolean {
  const shown = request.headers['x-admin-token'] ?? /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  return typeof shown === 'string' && isEqual(shown, token);
}

/** Digests have one length, so the time taken says nothing about the token. */
function isEqual(shown: string, expected: string): boolean {
  return timingSafeEqual(hash('sha256', shown, 'buffer'), hash('sha256', expected, 'buffer'));
}

function isDirectLoopback(request: IncomingMessage): boolean {
  const isForwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined);
  return !isForwarded && LOOPBACK.test(request.socket.remoteAddress ?? '');
}
