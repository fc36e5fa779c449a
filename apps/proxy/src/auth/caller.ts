import type { Credential } from '@claude-proxy/upstream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Exchange } from '../exchange/exchange.js';
import type { UserParams } from '../http/routes.js';

/** Who calls, worked out once for each request. */
export interface Caller {
  readonly user: string;
  /** The caller's own, else the operator's. Undefined at open endpoints only. */
  readonly credential: Credential | undefined;
  /** Aborts when the client has disconnected, or when the gateway has to end the answer. */
  readonly signal: AbortSignal;
  readonly exchange: Exchange;
  /** Path and query as an upstream knows them; `exchange.path` is the same with keys masked. */
  readonly path: string;
  /** True for an operator, who may use what other users have made. Wrong tokens are counted. */
  showsAdminToken(): boolean;
}

export type CallerRequest = FastifyRequest<UserParams> & { [CALLER]?: Caller };

const CALLER = Symbol('caller');

export function setCaller(request: CallerRequest, caller: Caller): void {
  request[CALLER] = caller;
}

/** Undefined where the endpoint serves no callers, or `CallerGuard` has not run yet. */
export function callerOf(request: CallerRequest): Caller | undefined {
  return request[CALLER];
}

/** The caller of a handler that is an `@Endpoint()`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<CallerRequest>()),
);
