import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { methodNotAllowed } from '../exchange/gateway-error.js';
import { abortOnHangUp } from '../http/client-connection.js';
import { AdminAccess } from './admin.access.js';
import { type CallerRequest, setCaller } from './caller.js';
import { CredentialReader } from './credential.reader.js';
import { asksForDrill } from './drill-request.js';
import { Endpoint, type EndpointOptions } from './endpoint.decorator.js';
import { exchangeOf } from './request-exchange.js';

/** Opens the exchange of a request and resolves its caller, before the body is read. Refusals are recorded. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly admin: AdminAccess,
    private readonly feed: ExchangeFeed,
  ) {}

  /** @throws GatewayError authentication_error, permission_error, invalid_request_error */
  canActivate(context: ExecutionContext): boolean {
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (!endpoint) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    expectMethod(request, endpoint);
    const { exchange, path } = exchangeOf(request, endpoint);
    reply.header(EXCHANGE_ID_HEADER, exchange.id);
    try {
      const { raw } = request;
      const credential = endpoint.isOpen ? this.credentials.read(raw) : this.credentials.require(raw);
      exchange.calledBy(credential, endpoint.operation !== 'relay' && asksForDrill(request, this.admin));
      setCaller(request, {
        user: exchange.user,
        credential,
        signal: abortOnHangUp(reply.raw),
        exchange,
        path,
        showsAdminToken: () => this.admin.showsToken(request),
      });
      return true;
    } catch (error) {
      this.feed.reject(exchange, error);
      throw error;
    }
  }
}

function expectMethod({ raw: { method = '' } }: CallerRequest, { methods }: EndpointOptions): void {
  if (methods && !methods.includes(method)) throw methodNotAllowed(method, methods);
}
