import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { exchangeOf } from '../auth/request-exchange.js';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { RequestTraces } from '../exchange/request-traces.js';
import { type AdmissionConfig, admissionSection } from './admission.config.js';
import { isOpenPath } from './cross-origin.js';
import { foreignOriginOf, isForeignHost, isGuardedFromPages } from './foreign-page.js';

/** It depends on nothing, and load balancers ask for it by address or by any name. */
const HEALTH_ROUTE = '/health';
const QUOTABLE = /^[\w.+-]+(?::\/\/[\w.:[\]-]+)?$/;
const MAX_QUOTED_CHARACTERS = 200;

/**
 * Keeps pages of other sites from spending and changing anything with the browser of a visitor, whatever the content
 * type: a form post needs no preflight, and the gateway may hold a credential of the operator.
 */
@Injectable()
export class ForeignPageGuard implements CanActivate {
  constructor(
    @Inject(admissionSection.token) private readonly config: AdmissionConfig,
    private readonly feed: ExchangeFeed,
    private readonly traces: RequestTraces,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const error = this.refusalOf(request);
    if (!error) return true;
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (endpoint) {
      const { exchange } = exchangeOf(request, endpoint);
      this.traces.begin(exchange, request.raw);
      context.switchToHttp().getResponse<FastifyReply>().header(EXCHANGE_ID_HEADER, exchange.id);
      this.feed.reject(exchange, error);
    }
    throw error;
  }

  private refusalOf(request: FastifyRequest): GatewayError | undefined {
    const { raw, routeOptions } = request;
    const { origin, 'sec-fetch-site': site, host } = raw.headers;
    const route = routeOptions.url ?? '';
    if (isForeignHost(raw.socket.localAddress, host, this.config.allowedHosts) && route !== HEALTH_ROUTE) {
      return errorOfHost(host);
    }
    if (origin === undefined && site === undefined) return undefined;
    const page = { method: raw.method ?? '', route, headers: raw.headers, host: request.host };
    const foreign = isGuardedFromPages(page) ? foreignOriginOf(page) : undefined;
    if (foreign === undefined || this.isListed(foreign, raw.url ?? '')) return undefined;
    return errorOfPage(foreign);
  }

  private isListed(origin: string, url: string): boolean {
    const { corsOrigins } = this.config;
    return corsOrigins.length > 0 && isOpenPath(url) && (corsOrigins.includes('*') || corsOrigins.includes(origin));
  }
}

function errorOfPage(origin: string): GatewayError {
  return new GatewayError({
    type: 'permission_error',
    message: `Web pages of another origin (${quoted(origin)}) must not call this gateway. To allow an app, list its origin in CORS_ORIGINS; admin endpoints are for the gateway's own pages only.`,
  });
}

function errorOfHost(host = ''): GatewayError {
  return new GatewayError({
    type: 'permission_error',
    message: `The host "${quoted(host)}" is not a name of this machine. To allow it on loopback, list it in ALLOWED_HOSTS.`,
  });
}

function quoted(text: string): string {
  return text.length <= MAX_QUOTED_CHARACTERS && QUOTABLE.test(text) ? text : 'not quoted';
}
