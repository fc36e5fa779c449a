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
import { addressBlockOf } from '../auth/address-block.js';
import { type Caller, type CallerRequest, callerOf } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';

/** Which of the limits counts a request: by what it costs, once for its user and once for its credential. */
export type LimitName = 'models' | 'count_tokens';

/** A name in the path is the caller's own word, so it is not the only thing that is counted. */
export type Counted = 'user' | 'address';

const OF_ADDRESS = ':address';

export function throttlerNameOf(name: LimitName, counted: Counted): string {
  return counted === 'user' ? name : `${name}${OF_ADDRESS}`;
}

/** Undefined for a handler that is not an endpoint for callers. */
export function limitNameOf(context: ExecutionContext, reflector: Reflector): LimitName | undefined {
  const endpoint = reflector.get(Endpoint, context.getHandler());
  if (!endpoint) return undefined;
  return endpoint.operation === 'count_tokens' ? 'count_tokens' : 'models';
}

/**
 * Refuses too many requests of a user at an address, and of a credential at an address whatever users it names. No
 * upstream is asked, and nothing is remembered.
 */
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

  protected override async getTracker(request: CallerRequest): Promise<string> {
    return addressBlockOf(request.ip);
  }

  protected override generateKey(context: ExecutionContext, address: string, throttlerName: string): string {
    const caller = callerIn(context);
    const who = throttlerName.endsWith(OF_ADDRESS) ? credentialOf(caller) : caller.user;
    return `claude-proxy:${throttlerName}:${who}@${address}`;
  }

  /** @throws GatewayError rate_limit_error, on record as a refusal */
  protected override async throwThrottlingException(
    context: ExecutionContext,
    { key, limit, ttl, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const error = new GatewayError({
      type: 'rate_limit_error',
      message: `Too many requests: this gateway takes ${limit} in ${ttl / 1_000} s from one ${kindIn(key)} at one address.`,
      retryAfterSeconds: timeToBlockExpire,
    });
    this.feed.reject(callerIn(context).exchange, error);
    throw error;
  }
}

function callerIn(context: ExecutionContext): Caller {
  return callerOf(context.switchToHttp().getRequest<CallerRequest>())!;
}

/** All callers without a credential of their own count as one, unless they have client keys. */
function credentialOf({ clientKey, credential }: Caller): string {
  if (clientKey) return `key-${clientKey.id}`;
  return credential?.source === 'client' ? credential.fingerprint : 'none';
}

function kindIn(key: string): string {
  return key.includes(`${OF_ADDRESS}:`) ? 'credential' : 'user';
}
