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
import { type Hit, LocalStorage } from './local.storage.js';

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

  /**
   * Without a promise where the storage needs none. Its type is that of the base, which knows promises alone; Nest takes
   * both.
   *
   * @throws GatewayError rate_limit_error, on record as a refusal
   */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.admits(context) as Promise<boolean>;
  }

  private admits(context: ExecutionContext): boolean | Promise<boolean> {
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (!endpoint) return true;
    const throttles = endpoint.operation === 'count_tokens' ? this.ofCountTokens : this.ofModels;
    if (throttles.length === 0) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const address = addressBlockOf(request.ip);
    const caller = callerOf(request)!;
    const { storageService: storage } = this;
    if (!(storage instanceof LocalStorage)) return this.admitsByAll(throttles, caller, address);
    for (const throttle of throttles) {
      this.expectRoom(storage.hit(keyOf(throttle, caller, address), throttle.ttl, throttle.limit), throttle, caller);
    }
    return true;
  }

  /** By what all tasks count. */
  private async admitsByAll(throttles: readonly Throttle[], caller: Caller, address: string): Promise<true> {
    for (const throttle of throttles) {
      const { name, limit, ttl } = throttle;
      const hit = await this.storageService.increment(keyOf(throttle, caller, address), ttl, limit, ttl, name);
      this.expectRoom(hit, throttle, caller);
    }
    return true;
  }

  private expectRoom({ isBlocked, timeToBlockExpire }: Hit, { counted, limit, ttl }: Throttle, caller: Caller): void {
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

function keyOf({ name, counted }: Throttle, caller: Caller, address: string): string {
  return `claude-proxy:${name}:${counted === 'user' ? caller.user : credentialOf(caller)}@${address}`;
}

/** All callers without a credential of their own count as one, unless they have client keys. */
function credentialOf({ clientKey, credential }: Caller): string {
  if (clientKey) return `key-${clientKey.id}`;
  return credential?.source === 'client' ? credential.fingerprint : 'none';
}
