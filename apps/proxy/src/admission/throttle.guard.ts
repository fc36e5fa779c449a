import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { addressBlockOf } from '../auth/address-block.js';
import { type Caller, type CallerRequest, callerOf } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import type { AdmissionConfig } from './admission.config.js';

/** A limit on requests of one kind, by what they cost. */
interface Throttle extends ThrottlerOptions {
  readonly name: string;
  readonly limit: number;
  /** Milliseconds. */
  readonly ttl: number;
  /** A name in the path is the caller's own word, so the credential is counted too. */
  readonly counted: 'user' | 'credential';
}

export function throttlesOf({
  throttleLimit,
  addressLimit,
  countTokensLimit,
  windowSeconds,
}: AdmissionConfig): Throttle[] {
  const ttl = windowSeconds * 1_000;
  return [
    { name: 'models', counted: 'user', limit: throttleLimit, ttl },
    { name: 'models:address', counted: 'credential', limit: addressLimit ?? throttleLimit, ttl },
    { name: 'count_tokens', counted: 'user', limit: countTokensLimit, ttl },
    { name: 'count_tokens:address', counted: 'credential', limit: countTokensLimit, ttl },
  ];
}

/**
 * Refuses too many requests of a user at an address, and of a credential at an address whatever users it names. No
 * upstream is asked, and nothing is remembered. Routes have no limits of their own, so the look-ups that
 * `ThrottlerGuard` makes for them at each request are left out: they cost a small request 7 % of its garbage.
 */
@Injectable()
export class ThrottleGuard extends ThrottlerGuard {
  private readonly ofModels: readonly Throttle[];
  private readonly ofCountTokens: readonly Throttle[];

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly feed: ExchangeFeed,
  ) {
    super(options, storage, reflector);
    const throttles = (Array.isArray(options) ? options : options.throttlers) as Throttle[];
    const active = throttles.filter(({ limit, ttl }) => limit > 0 && ttl > 0);
    this.ofModels = active.filter(({ name }) => name.startsWith('models'));
    this.ofCountTokens = active.filter(({ name }) => name.startsWith('count_tokens'));
  }

  /** @throws GatewayError rate_limit_error, on record as a refusal */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (!endpoint) return true;
    const throttles = endpoint.operation === 'count_tokens' ? this.ofCountTokens : this.ofModels;
    if (throttles.length === 0) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const address = addressBlockOf(request.ip);
    const caller = callerOf(request)!;
    for (const throttle of throttles) await this.count(throttle, caller, address);
    return true;
  }

  private async count({ name, counted, limit, ttl }: Throttle, caller: Caller, address: string): Promise<void> {
    const key = `claude-proxy:${name}:${counted === 'user' ? caller.user : credentialOf(caller)}@${address}`;
    const { isBlocked, timeToBlockExpire } = await this.storageService.increment(key, ttl, limit, ttl, name);
    if (!isBlocked) return;
    const error = new GatewayError({
      type: 'rate_limit_error',
      message: `Too many requests: this gateway takes ${limit} in ${ttl / 1_000} s from one ${counted} at one address.`,
      retryAfterSeconds: timeToBlockExpire,
    });
    this.feed.reject(caller.exchange, error);
    throw error;
  }
}

/** All callers without a credential of their own count as one, unless they have client keys. */
function credentialOf({ clientKey, credential }: Caller): string {
  if (clientKey) return `key-${clientKey.id}`;
  return credential?.source === 'client' ? credential.fingerprint : 'none';
}
