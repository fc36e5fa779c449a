import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminAccess } from './admin.access.js';
import { mayDo, NEEDED_ROLE, type Needed, roleNeeded } from './principal.js';
import { OPEN_TO_THIS_MACHINE, ThisMachine } from './this-machine.js';

const READS = new Set(['GET', 'HEAD']);

/** Admits operators to an admin endpoint, others by their role, and reads from this machine if it is marked for them. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly access: AdminAccess,
    private readonly machine: ThisMachine,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const marks = [context.getHandler(), context.getClass()];
    const principal = await this.access.authenticate(request);
    if (principal) {
      const byMethod = READS.has(request.method) ? 'viewer' : 'admin';
      const needed = this.reflector.getAllAndOverride<Needed | undefined>(NEEDED_ROLE, marks) ?? byMethod;
      if (mayDo(principal, needed)) return true;
      throw roleNeeded(principal, needed);
    }
    if (this.reflector.getAllAndOverride(OPEN_TO_THIS_MACHINE, marks) && this.machine.mayRead(request)) return true;
    throw this.access.hasToken ? tokenNeeded() : closed();
  }
}

function tokenNeeded(): GatewayError {
  return new GatewayError({
    type: 'authentication_error',
    message:
      'This endpoint needs the admin token: send it as "authorization: Bearer" or "x-admin-token". It is the value of ADMIN_TOKEN; where that is not set, the gateway keeps it in the file DATA_DIR/admin-token.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function closed(): GatewayError {
  return new GatewayError({
    type: 'permission_error',
    message: 'The admin endpoints are closed, because this gateway has no admin token. Set ADMIN_TOKEN and restart it.',
  });
}
