import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { userIdOf } from '../auth/user-id.js';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { limitNameOf } from './throttled-routes.js';

type Throttled = FastifyRequest<{ Params: { user_id?: string } }>;

/** Refuses a user at an address who asks too often. Nobody upstream hears of it, and nothing is remembered. */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly feed: ExchangeFeed,
  ) {
    super(options, storage, reflector);
  }

  protected override async getTracker(request: Throttled): Promise<string> {
    return `${userIdOf(request.params.user_id)}@${request.ip}`;
  }

  protected override generateKey(_context: ExecutionContext, tracker: string, limitName: string): string {
    return `claude-proxy:${limitName}:${tracker}`;
  }

  /** @throws GatewayError rate_limit_error, noted as an exchange that was refused */
  protected override async throwThrottlingException(
    context: ExecutionContext,
    { limit, ttl, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const request = context.switchToHttp().getRequest<Throttled>();
    const error = new GatewayError({
      type: 'rate_limit_error',
      message: `Too many requests: this gateway takes ${limit} in ${ttl / 1_000} s from one user at one address.`,
      retryAfterSeconds: timeToBlockExpire,
    });
    context.switchToHttp().getResponse<FastifyReply>().header(EXCHANGE_ID_HEADER, this.note(request, error));
    throw error;
  }

  private note(request: Throttled, { status, message }: GatewayError): string {
    const pattern = request.routeOptions.url;
    const operation = limitNameOf(pattern) === 'count_tokens' ? 'count_tokens' : 'messages';
    const path = (pattern ?? '').replace('/user/:user_id', '');
    const exchange = new Exchange(userIdOf(request.params.user_id), operation, path);
    Object.assign(exchange, { status, outcome: 'refused', errorMessage: message });
    this.feed.begin();
    this.feed.finish(exchange);
    return exchange.id;
  }
}
