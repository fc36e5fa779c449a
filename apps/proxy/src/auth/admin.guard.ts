import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { type AlbConfig, albSection } from './alb.config.js';
import { AlbIdentity } from './alb-identity.js';
import { noteActor, tokenFingerprint } from './audit-actor.js';
import { type AuthConfig, authSection } from './auth.config.js';
import { type AdminRequest, isDirectLoopback, isSameOrigin } from './browser-origin.js';
import { expectOneLine } from './one-line.js';
import { isSameSecret } from './same-secret.js';
import { isSessionValue, sessionIn, sessionValue } from './session.cookie.js';
import { WrongTries } from './wrong-tries.js';

/**
 * Lets in whoever shows the admin token, or a session begun with it; where no token is set, direct connections from
 * this machine. Writes by a browser must come from a page of ours.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  private readonly wrongTries = new WrongTries();

  private readonly identity: AlbIdentity;

  constructor(
    @Inject(authSection.token) private readonly config: AuthConfig,
    @Inject(albSection.token) alb: AlbConfig,
  ) {
    this.identity = new AlbIdentity(alb);
  }

  /** Without a token only this machine gets in. */
  get needsToken(): boolean {
    return this.config.adminToken !== undefined;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (this.isAdmin(request) || (await this.hasSignedIn(request))) return true;
    throw this.needsToken ? tokenNeeded() : machineNeeded();
  }

  /** @throws GatewayError rate_limit_error after too many wrong tokens */
  isAdmin(request: AdminRequest): boolean {
    const token = this.config.adminToken?.reveal();
    if (!token) {
      noteActor(request, { kind: 'this_machine', name: null });
      return isDirectLoopback(request) && isSameOrigin(request);
    }
    const shown = shownToken(request);
    noteActor(request, { kind: shown === undefined ? 'session' : 'admin_token', name: tokenFingerprint(token) });
    if (shown !== undefined) return this.isToken(shown, request);
    const session = sessionIn(request.raw.headers.cookie);
    return session !== undefined && isSessionValue(session, token, Date.now()) && isSameOrigin(request);
  }

  /** The cookie of a new session; undefined where the token is wrong. @throws GatewayError rate_limit_error */
  beginSession(shown: string, request: AdminRequest): string | undefined {
    const token = this.config.adminToken?.reveal();
    if (!token || !this.isToken(shown, request)) return undefined;
    return sessionValue(token, Date.now());
  }

  /** At the load balancer. Its cookie is the browser's, so writes must come from a page of ours here too. */
  async hasSignedIn(request: AdminRequest): Promise<boolean> {
    const person = isSameOrigin(request) ? await this.identity.signedIn(request.raw.headers) : undefined;
    if (person) noteActor(request, { kind: 'sign_in', name: person.email ?? person.subject });
    return person !== undefined;
  }

  private isToken(shown: string, { ip }: AdminRequest): boolean {
    const waitSeconds = this.wrongTries.waitSeconds(ip, performance.now());
    if (waitSeconds > 0) throw tooManyTries(waitSeconds);
    if (isSameSecret(shown, this.config.adminToken?.reveal() ?? '')) return true;
    this.wrongTries.note(ip, performance.now());
    return false;
  }
}

function shownToken({ raw: { headers, rawHeaders } }: AdminRequest): string | undefined {
  expectOneLine(rawHeaders, 'authorization');
  const own = headers['x-admin-token'];
  // Empty is what a tool sends whose variable is not set.
  return typeof own === 'string' && own !== '' ? own : /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function tokenNeeded(): GatewayError {
  return new GatewayError({
    type: 'authentication_error',
    message: 'This endpoint needs the admin token: send it as "authorization: Bearer" or "x-admin-token".',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function machineNeeded(): GatewayError {
  return new GatewayError({
    type: 'permission_error',
    message: 'Without an ADMIN_TOKEN this endpoint answers direct connections from the same machine only.',
  });
}

function tooManyTries(retryAfterSeconds: number): GatewayError {
  return new GatewayError({
    type: 'rate_limit_error',
    message: 'Too many wrong admin tokens from this address.',
    retryAfterSeconds,
    isWorthRetrying: false,
  });
}
