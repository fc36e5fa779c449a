import { timingSafeEqual } from 'node:crypto';
import type { ClientKey, KeyLimits, KeyMasking, KeyRole } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';

const DAY_SECONDS = 24 * 60 * 60;
/** How long the store keeps a key that cannot be used any more, so that its refusal names the reason. */
const KEEP_ENDED_SECONDS = 30 * DAY_SECONDS;
export const KEY_PARTITION = 'keys';

/** A key as the store has it: everything but its text. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 of the whole key, in hex. */
  readonly hash: string;
  readonly name: string;
  readonly user: string;
  readonly owner: ClientKey['owner'];
  readonly team: string | null;
  /** Names of models, with `*` for any text. Null allows all. */
  readonly models: readonly string[] | null;
  readonly endpoints: readonly string[] | null;
  readonly roles: readonly KeyRole[];
  readonly limits: KeyLimits;
  readonly masking?: KeyMasking;
  readonly state: 'active' | 'disabled' | 'revoked';
  /** Times are epoch milliseconds. */
  readonly created_at: number;
  readonly created_by: string;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly rotated_at: number | null;
  /** The key before the last rotation. There is never more than one. */
  readonly previous_hash: string | null;
  readonly previous_until: number | null;
  /** Changes with each write. */
  readonly revision: number;
}

export type KeyVerdict = 'valid' | 'unknown' | 'disabled' | 'revoked' | 'expired' | 'rotated';

/** Only a caller with the whole secret learns the state of a key; for others it is unknown. */
export function judgeKey(record: KeyRecord, digest: string, nowMs: number): KeyVerdict {
  const isCurrent = isSame(record.hash, digest);
  const isPrevious = !isCurrent && record.previous_hash !== null && isSame(record.previous_hash, digest);
  if (!isCurrent && !isPrevious) return 'unknown';
  if (record.state !== 'active') return record.state;
  if (record.expires_at !== null && nowMs >= record.expires_at) return 'expired';
  return isPrevious && nowMs >= (record.previous_until ?? 0) ? 'rotated' : 'valid';
}

export function rotatedRecord(record: KeyRecord, hash: string, overlapSeconds: number, nowMs: number): KeyRecord {
  return {
    ...record,
    hash,
    rotated_at: nowMs,
    previous_hash: record.hash,
    previous_until: nowMs + overlapSeconds * 1_000,
  };
}

export function revokedRecord(record: KeyRecord, nowMs: number): KeyRecord {
  return { ...record, state: 'revoked', revoked_at: nowMs };
}

export function itemOfKey(record: KeyRecord): Item {
  const endsAt = record.revoked_at ?? record.expires_at;
  const ttl = endsAt === null ? {} : { ttl: Math.ceil(endsAt / 1_000) + KEEP_ENDED_SECONDS };
  return { partition: KEY_PARTITION, sort: record.id, ...record, ...ttl };
}

export function keyOfItem(item: Item): KeyRecord {
  const { partition: _partition, sort: _sort, ttl: _ttl, ...record } = item;
  return record as unknown as KeyRecord;
}

/** What the admin API shows of a key. */
export function shownKey(record: KeyRecord, lastUsedDay: string | null, nowMs: number): ClientKey {
  const { hash: _hash, previous_hash: _previous, revision: _revision, ...shown } = record;
  const isExpired = record.state === 'active' && record.expires_at !== null && nowMs >= record.expires_at;
  return { ...shown, state: isExpired ? 'expired' : record.state, last_used_day: lastUsedDay };
}

/** Compares in constant time. Both are SHA-256 in hex. */
function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
