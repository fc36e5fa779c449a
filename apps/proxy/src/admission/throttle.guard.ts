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
import type { FastifyReply } from 'fastify';
import { addressBlockOf } from '../auth/address-block.js';
import { CredentialReader } from '../auth/credential.reader.js';
import { userIdOf } from '../auth/user-id.js';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { type Guarded, recordRefusal } from './recorded-refusal.js';
import type { LimitName } from './throttled-routes.js';

/** A name in the path is the caller's own word, so it is not the only thing that is counted. */
export type Counted = 'user' | 'address';

const OF_ADDRESS = ':address';

export function throttlerNameOf(name: LimitName, counted: Counted): string {
  return counted === 'user' ? name : `${name}${OF_ADDRESS}`;
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
    private readonly credentials: CredentialReader,
  ) {
    super(options, storage, reflector);
  }

  protected override async getTracker(request: Guarded): Promise<string> {
    return addressBlockOf(request.ip);
  }

  protected override generateKey(context: ExecutionContext, address: string, throttlerName: string): string {
    const request = context.switchToHttp().getRequest<Guarded>();
    const who = throttlerName.endsWith(OF_ADDRESS) ? this.credentialOf(request) : userIdOf(request.params.user_id);
    return `claude-proxy:${throttlerName}:${who}@${address}`;
  }

  /** @throws GatewayError rate_limit_error, noted as an exchange that was refused */
  protected override async throwThrottlingException(
    context: ExecutionContext,
    { key, limit, ttl, timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    const request = context.switchToHttp().getRequest<Guarded>();
    const error = new GatewayError({
      type: 'rate_limit_error',
      message: `Too many requests: this gateway takes ${limit} in ${ttl / 1_000} s from one ${whoIn(key)} at one address.`,
      retryAfterSeconds: timeToBlockExpire,
    });
    context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .header(EXCHANGE_ID_HEADER, recordRefusal(this.feed, request, error));
    throw error;
  }

  /** All callers without a credential of their own count as one. */
  private credentialOf({ raw }: Guarded): string {
    try {
      const credential = this.credentials.read(raw);
      return credential?.source === 'client' ? credential.fingerprint : 'none';
    } catch {
      // More than one in a header, which is refused later.
      return 'none';
    }
  }
}

function whoIn(key: string): string {
  return key.includes(`${OF_ADDRESS}:`) ? 'credential' : 'user';
}
