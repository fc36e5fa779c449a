import type { Credential } from '@claude-proxy/upstream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Exchange } from '../exchange/exchange.js';
import type { UserParams } from '../http/routes.js';
import type { KeyIdentity } from './keys/key-identity.js';

/** The caller, resolved once per request. */
export interface Caller {
  readonly user: string;
  /** The caller's own credential, else the operator's. Undefined only at open endpoints, for callers with a client key, and while all accounts are paused. */
  readonly credential: Credential | undefined;
  /** Of the client key that the caller has presented. */
  readonly clientKey?: KeyIdentity | undefined;
  /** Aborts when the client has disconnected, or when the gateway has to end the answer. */
  readonly signal: AbortSignal;
  readonly exchange: Exchange;
  /** `x-session-id`: the session, in the words of a client that is not Claude Code. */
  readonly session?: string | undefined;
  /** The account of the operator whose workspace owns the objects that the request names. */
  readonly boundAccount?: string;
  /** Path and query for the upstream; `exchange.path` is the same with masked keys. */
  readonly path: string;
  /** True for an operator, who can use objects of all users. Wrong tokens are counted. */
  showsAdminToken(): boolean;
}

export type CallerRequest = FastifyRequest<UserParams> & { [CALLER]?: Caller };

const CALLER = Symbol('caller');

export function setCaller(request: CallerRequest, caller: Caller): void {
  request[CALLER] = caller;
}

/** Undefined if the endpoint is not for callers, or `CallerGuard` has not run yet. */
export function callerOf(request: CallerRequest): Caller | undefined {
  return request[CALLER];
}

/** The caller of a handler that is an `@Endpoint()`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<CallerRequest>()),
);
