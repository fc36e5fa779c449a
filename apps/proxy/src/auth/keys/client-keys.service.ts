import { Inject, Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../../exchange/gateway-error.js';
import { AccessChanges } from '../../state/access-changes.js';
import { WrongTries } from '../wrong-tries.js';
import { ClientKeyStore } from './client-key.store.js';
import { CacheOutageError, KeyCache } from './key-cache.js';
import { identityOf, type KeyIdentity, listedIdentity } from './key-identity.js';
import { KeyPepper } from './key-pepper.js';
import { judgeKey, type KeyRecord, type KeyVerdict, type ShownKey } from './key-record.js';
import { digestOf, hasKeyPrefix, parseKeyText } from './key-text.js';
import { type KeysConfig, keysSection } from './keys.config.js';

const FOUND_MS = 30_000;
const MISSING_MS = 5_000;
const PATIENCE_MS = 1_000;
const MAX_ENTRIES = 50_000;
const OUTAGE_RETRY_SECONDS = 5;
const LOG_EVERY_MS = 60_000;
/** Unknown ids per minute and address that are looked up in the store. Invented keys with a valid checksum end here. */
const MAX_UNKNOWN = 100;
const MIN_LISTED_CHARACTERS = 8;
const CONTACT = 'Ask the operator of this gateway for a key.';

/** Checks client keys: those of `ALLOWED_API_KEYS`, and those of the store. */
@Injectable()
export class ClientKeys {
  readonly isRequired: boolean;
  private readonly listed: ReadonlyMap<string, KeyIdentity>;
  private readonly cache: KeyCache<KeyRecord>;
  private readonly identities = new WeakMap<KeyRecord, KeyIdentity>();
  private readonly logger = new Logger('ClientKeys');
  private loggedAtMs = Number.NEGATIVE_INFINITY;
  private readonly unknownTries = new WrongTries(MAX_UNKNOWN);
  private isWatching = false;

  constructor(
    private readonly store: ClientKeyStore,
    private readonly changes: AccessChanges,
    private readonly pepper: KeyPepper,
    @Inject(keysSection.token) { clientAuth, allowedKeys, outageSeconds }: KeysConfig,
  ) {
    const listed = (allowedKeys?.reveal() ?? '').split(',').map((key) => key.trim());
    const usable = listed.filter((key) => key.length >= MIN_LISTED_CHARACTERS).map(digestOf);
    this.listed = new Map(usable.map((digest) => [digest, listedIdentity(digest)]));
    this.isRequired = (clientAuth ?? (usable.length > 0 ? 'keys' : 'open')) === 'keys';
    this.cache = new KeyCache((id) => this.store.find(id), {
      foundMs: FOUND_MS,
      missingMs: MISSING_MS,
      outageMs: outageSeconds * 1_000,
      patienceMs: PATIENCE_MS,
      maxEntries: MAX_ENTRIES,
      now: () => performance.now(),
    });
  }

  /** True for a text that is meant as a client key, right or wrong. It must never be sent to an upstream. */
  isClientKey(text: string): boolean {
    return hasKeyPrefix(text) || (this.listed.size > 0 && this.listed.has(digestOf(text)));
  }

  /**
   * Without a promise for a key that was used lately.
   *
   * @throws GatewayError authentication_error with the reason; rate_limit_error for an address with many unknown keys;
   * api_error if the store is unreachable and the key was not used lately
   */
  identify(text: string, address: string): KeyIdentity | Promise<KeyIdentity> {
    const listed = this.listed.size > 0 ? this.listed.get(digestOf(text)) : undefined;
    if (listed) return listed;
    const parsed = parseKeyText(text);
    if (parsed === undefined) throw refusal('The client key is unknown.');
    if (parsed.kind === 'misspelled')
      throw refusal('The client key is misspelled: its checksum is wrong. Copy the whole key again.');
    const { id, digest } = parsed;
    const known = this.cache.peek(id);
    return known ? this.judged(known.value, this.shown(digest)) : this.lookUp(id, digest, address);
  }

  /** The identity of an active key, for a session that began with it. @throws GatewayError as `identify` does */
  async identifyById(id: string): Promise<KeyIdentity> {
    const { value } = this.cache.peek(id) ?? (await this.load(id));
    return this.judged(value, () => value?.hash);
  }

  /** For changes by this task. */
  forget(id: string): void {
    this.cache.forget(id);
  }

  missing(): GatewayError {
    return refusal(
      `The request has no client key, and this gateway requires one. Send it as "x-api-key" (ANTHROPIC_API_KEY) or "authorization: Bearer" (ANTHROPIC_AUTH_TOKEN). ${CONTACT}`,
    );
  }

  private async lookUp(id: string, digest: string, address: string): Promise<KeyIdentity> {
    // A key in use is read again after 30 s, and after each change of any key.
    const isKnown = this.cache.hasFound(id);
    const waitSeconds = isKnown ? 0 : this.unknownTries.waitSecondsOf(address, performance.now());
    if (waitSeconds > 0) throw tooManyUnknown(waitSeconds);
    const { value } = await this.load(id);
    if (!value) this.unknownTries.note(address, performance.now());
    return this.judged(value, this.shown(digest));
  }

  private shown(digest: string): ShownKey {
    return (pepper) => this.pepper.hashFor(digest, pepper);
  }

  private async load(id: string) {
    this.watch();
    try {
      return await this.cache.load(id);
    } catch (error) {
      if (!(error instanceof CacheOutageError)) throw error;
      throw storeAway(error);
    }
  }

  /** Polling begins with the first key, so an installation without keys does not poll. */
  private watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.changes.watch('keys', () => this.cache.expire());
  }

  /** Not 401: the key may be valid, and people would replace it. */
  private pepperLost({ id }: KeyRecord): GatewayError {
    const what = `The client key ${id} cannot be checked, because CLIENT_KEY_PEPPER of the gateway is not the one it was stored with`;
    if (performance.now() - this.loggedAtMs > LOG_EVERY_MS) {
      this.loggedAtMs = performance.now();
      this.logger.error(`❌ ${what}. Set the former value again, or rotate the key.`);
    }
    return new GatewayError({
      type: 'api_error',
      status: 503,
      message: `${what}. The key may be valid. Ask the operator of this gateway to set the former value again.`,
      isWorthRetrying: false,
    });
  }

  private judged(record: KeyRecord | undefined, shown: ShownKey): KeyIdentity {
    const verdict = record ? judgeKey(record, shown, Date.now()) : 'unknown';
    if (record && verdict === 'unverifiable') throw this.pepperLost(record);
    if (!record || verdict !== 'valid') throw refusal(sentenceOf(verdict, record));
    this.store.noteUse(record.id);
    const known = this.identities.get(record);
    if (known) return known;
    const identity = identityOf(record);
    this.identities.set(record, identity);
    return identity;
  }
}

function sentenceOf(verdict: KeyVerdict, record: KeyRecord | undefined): string {
  if (!record || verdict === 'unknown') return `The client key is unknown. ${CONTACT}`;
  const name = `The client key ${record.id}`;
  if (verdict === 'expired') return `${name} expired on ${timeOf(record.expires_at)}. ${CONTACT}`;
  if (verdict === 'revoked') return `${name} was revoked on ${timeOf(record.revoked_at)}. ${CONTACT}`;
  if (verdict === 'disabled') return `${name} is disabled. Ask the operator of this gateway to enable it.`;
  return `${name} was rotated on ${timeOf(record.rotated_at)}, and this old key ended on ${timeOf(record.previous_until)}. Use the new one.`;
}

function timeOf(timeMs: number | null): string {
  return `${new Date(timeMs ?? 0).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Claude Code repeats a 401 ten times unless it has `x-should-retry: false`, which `GatewayError` adds. */
function refusal(message: string): GatewayError {
  return new GatewayError({ type: 'authentication_error', message });
}

/** Not 401: people would replace keys that are valid. */
function storeAway(cause: unknown): GatewayError {
  return new GatewayError({
    type: 'api_error',
    status: 503,
    message:
      'The client key cannot be checked now, because the store of the gateway does not answer. The key may be valid; try again.',
    retryAfterSeconds: OUTAGE_RETRY_SECONDS,
    cause,
  });
}

function tooManyUnknown(retryAfterSeconds: number): GatewayError {
  return new GatewayError({
    type: 'rate_limit_error',
    message: `Too many unknown client keys from this address: ${MAX_UNKNOWN} a minute are looked up. Keys in use are not affected. Try again in ${retryAfterSeconds} s.`,
    retryAfterSeconds,
    isWorthRetrying: false,
  });
}
