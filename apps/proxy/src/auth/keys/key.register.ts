import type { ClientKey, CreatedKey, KeyChange, NewKey } from '@claude-proxy/admin-api';
import { ConditionFailedError } from '@claude-proxy/storage';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../exchange/gateway-error.js';
import { OperatorEvents } from '../../exchange/operator-events.js';
import { actorOf } from '../audit-actor.js';
import type { AdminRequest } from '../browser-origin.js';
import { userIdOf } from '../user-id.js';
import { ClientKeyStore } from './client-key.store.js';
import { ClientKeys } from './client-keys.service.js';
import { KeyPepper, type SealedDigest } from './key-pepper.js';
import { type KeyRecord, revokedRecord, rotatedRecord, shownKey } from './key-record.js';
import { newKeyText, parseKeyText } from './key-text.js';

/** An id has 47 bits, so a second attempt is rare. */
const MAX_ATTEMPTS = 5;

/** Creates, changes and ends client keys. */
@Injectable()
export class KeyRegister {
  constructor(
    private readonly store: ClientKeyStore,
    private readonly clientKeys: ClientKeys,
    private readonly events: OperatorEvents,
    private readonly pepper: KeyPepper,
  ) {}

  /** @throws StorageError */
  async list(): Promise<ClientKey[]> {
    const [records, days] = await Promise.all([this.store.all(), this.store.lastUsedDays()]);
    const nowMs = Date.now();
    return records.map((record) => shownKey(record, days.get(record.id) ?? null, nowMs));
  }

  /** @throws StorageError; GatewayError invalid_request_error, conflict_error */
  async create(order: NewKey, request: Pick<AdminRequest, 'raw'>): Promise<CreatedKey> {
    expectFuture(order.expires_at);
    const user = userIdOf(order.user);
    const { kind, name } = actorOf(request);
    const createdBy = name === null ? kind : `${kind} ${name}`;
    for (let attempt = 1; ; attempt += 1) {
      const key = order.imported_key ?? newKeyText();
      const { id, digest } = parseKeyText(key) as { id: string; digest: string };
      try {
        await this.store.add(recordOf({ ...order, user }, { id, createdBy, ...this.pepper.seal(digest) }));
        this.clientKeys.forget(id);
        return { id, key };
      } catch (error) {
        if (!(error instanceof ConditionFailedError)) throw error;
        if (order.imported_key !== undefined) throw conflict('This key was imported before.');
        if (attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** @throws StorageError; GatewayError not_found_error, conflict_error, invalid_request_error */
  async change(id: string, change: KeyChange): Promise<ClientKey> {
    expectFuture(change.expires_at);
    const record = await this.store.change(id, (known) => ({ ...expectNotRevoked(known), ...definedOf(change) }));
    this.clientKeys.forget(id);
    return shownKey(record, null, Date.now());
  }

  /**
   * A new secret for the same id. The present key works for `overlapSeconds` more. A key before it that still works
   * because of an earlier rotation ends now.
   *
   * @throws StorageError; GatewayError not_found_error, conflict_error
   */
  async rotate(id: string, overlapSeconds: number): Promise<CreatedKey> {
    const key = newKeyText(id);
    const { digest } = parseKeyText(key) as { digest: string };
    await this.store.change(id, (known) =>
      rotatedRecord(expectNotRevoked(known), this.pepper.seal(digest), overlapSeconds, Date.now()),
    );
    this.clientKeys.forget(id);
    return { id, key };
  }

  /** Revoking a revoked key changes nothing. @throws StorageError; GatewayError not_found_error */
  async revoke(id: string): Promise<void> {
    const record = await this.store.change(id, (known) =>
      known.state === 'revoked' ? known : revokedRecord(known, Date.now()),
    );
    this.clientKeys.forget(id);
    this.events.report({
      type: 'key.revoked',
      subject: `key:${id}`,
      text: `The client key ${id} (${record.name}) of the user ${record.user} was revoked.`,
      details: { name: record.name, user: record.user, team: record.team },
      occurrence: 'revoked',
    });
  }
}

function recordOf(order: NewKey, made: SealedDigest & { id: string; createdBy: string }): KeyRecord {
  return {
    id: made.id,
    hash: made.hash,
    pepper: made.pepper,
    name: order.name,
    user: order.user,
    owner: order.owner ?? 'user',
    team: order.team ?? null,
    models: order.models ?? null,
    endpoints: order.endpoints ?? null,
    roles: order.roles ?? ['user'],
    limits: { ...order.limits },
    ...(order.masking && { masking: order.masking }),
    state: 'active',
    created_at: Date.now(),
    created_by: made.createdBy,
    expires_at: order.expires_at ?? null,
    revoked_at: null,
    rotated_at: null,
    previous_hash: null,
    previous_until: null,
    revision: 1,
  };
}

const NULLABLE: readonly string[] = ['team', 'models', 'endpoints', 'expires_at'];

/** A member that is missing in the body stays as it is. */
function definedOf(change: KeyChange): Partial<KeyRecord> {
  const { limits, ...rest } = change;
  const defined = Object.entries(rest).filter(([name, value]) =>
    value === null ? NULLABLE.includes(name) : value !== undefined,
  );
  return { ...Object.fromEntries(defined), ...(limits && { limits: { ...limits } }) };
}

function expectNotRevoked(record: KeyRecord): KeyRecord {
  if (record.state === 'revoked') throw conflict(`The client key ${record.id} is revoked. Create a new one.`);
  return record;
}

function expectFuture(expiresAt: number | null | undefined): void {
  if (expiresAt === null || expiresAt === undefined || expiresAt > Date.now()) return;
  throw new GatewayError({
    type: 'invalid_request_error',
    message: `expires_at is ${expiresAt}, which is not in the future. Send a later time in epoch milliseconds, or null.`,
  });
}

function conflict(message: string): GatewayError {
  return new GatewayError({ type: 'conflict_error', message });
}
