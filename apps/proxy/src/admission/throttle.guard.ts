import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { addressBlockOf } from '../auth/address-block.js';
import { type Caller, type CallerRequest, callerOf } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { type AdmissionConfig, admissionSection } from './admission.config.js';
import { type Hit, ThrottleStorage } from './throttle.storage.js';

/** A limit on requests of one kind, by what they cost. */
interface Throttle {
  readonly name: string;
  /** A name in the path is the caller's own word, so the credential is counted too. */
  readonly counted: 'user' | 'credential';
  readonly limit: number;
}

/**
 * Refuses too many requests of a user at an address, and of a credential at an address whatever users it names. No
 * upstream is asked, and nothing is remembered. Not `ThrottlerGuard`, whose settings per route and whose promises for each
 * of them cost a small request 7 % of its garbage.
 */
@Injectable()
export class ThrottleGuard implements CanActivate {
  private readonly ofModels: readonly Throttle[];
  private readonly ofCountTokens: readonly Throttle[];
  private readonly windowMs: number;

  constructor(
    private readonly storage: ThrottleStorage,
    private readonly reflector: Reflector,
    private readonly feed: ExchangeFeed,
    @Inject(admissionSection.token) config: AdmissionConfig,
  ) {
    this.windowMs = config.windowSeconds * 1_000;
    const { throttleLimit, addressLimit = throttleLimit, countTokensLimit } = config;
    const throttles: readonly Throttle[] = [
      { name: 'models', counted: 'user', limit: throttleLimit },
      { name: 'models:address', counted: 'credential', limit: addressLimit },
      { name: 'count_tokens', counted: 'user', limit: countTokensLimit },
      { name: 'count_tokens:address', counted: 'credential', limit: countTokensLimit },
    ];
    const active = throttles.filter(({ limit }) => limit > 0 && this.windowMs > 0);
    this.ofModels = active.filter(({ name }) => name.startsWith('models'));
    this.ofCountTokens = active.filter(({ name }) => name.startsWith('count_tokens'));
  }

  /** Returns a promise only where counts are shared. @throws GatewayError rate_limit_error, on record as a refusal */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (!endpoint) return true;
    const throttles = endpoint.operation === 'count_tokens' ? this.ofCountTokens : this.ofModels;
    if (throttles.length === 0) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const address = addressBlockOf(request.ip);
    const caller = callerOf(request)!;
    let counting: Promise<void> | undefined;
    for (const throttle of throttles) {
      if (counting) counting = counting.then(() => this.count(throttle, caller, address));
      else counting = this.count(throttle, caller, address);
    }
    return counting ? counting.then(() => true) : true;
  }

  private count(throttle: Throttle, caller: Caller, address: string): Promise<void> | undefined {
    const { name, counted, limit } = throttle;
    const key = `claude-proxy:${name}:${counted === 'user' ? caller.user : credentialOf(caller)}@${address}`;
    const hit = this.storage.increment(key, this.windowMs, limit, this.windowMs, name);
    if (hit instanceof Promise) return hit.then((shared) => this.expectRoom(shared, throttle, caller));
    this.expectRoom(hit, throttle, caller);
    return undefined;
  }

  private expectRoom({ isBlocked, timeToBlockExpire }: Hit, { counted, limit }: Throttle, { exchange }: Caller): void {
    if (!isBlocked) return;
    const error = new GatewayError({
      type: 'rate_limit_error',
      message: `Too many requests: this gateway takes ${limit} in ${this.windowMs / 1_000} s from one ${counted} at one address.`,
      retryAfterSeconds: timeToBlockExpire,
    });
    this.feed.reject(exchange, error);
    throw error;
  }
}

/** All callers without a credential of their own count as one, unless they have client keys. */
function credentialOf({ clientKey, credential }: Caller): string {
  if (clientKey) return `key-${clientKey.id}`;
  return credential?.source === 'client' ? credential.fingerprint : 'none';
}
