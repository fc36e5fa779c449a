import { timingSafeEqual } from 'node:crypto';
import type { ClientKey, KeyLimits, KeyMasking, KeyRole } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import type { SealedDigest } from './key-pepper.js';

const DAY_SECONDS = 24 * 60 * 60;
/** How long the store keeps a key that cannot be used any more, so that its refusal names the reason. */
const KEEP_ENDED_SECONDS = 30 * DAY_SECONDS;
export const KEY_PARTITION = 'keys';

/** A key as the store has it: everything but its text. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 of the whole key in hex, or an HMAC of it with the pepper of this fingerprint. */
  readonly hash: string;
  readonly pepper?: string | null;
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
  readonly previous_pepper?: string | null;
  readonly previous_until: number | null;
  /** Changes with each write. */
  readonly revision: number;
}

export type KeyVerdict = 'valid' | 'unknown' | 'disabled' | 'revoked' | 'expired' | 'rotated' | 'unverifiable';

/** The shown key as it is stored with a pepper; undefined for a pepper that the gateway does not have. */
export type ShownKey = (pepper: string | null | undefined) => string | undefined;

/** Only a caller with the whole secret learns the state of a key; for others it is unknown. */
export function judgeKey(record: KeyRecord, shown: ShownKey, nowMs: number): KeyVerdict {
  const hash = shown(record.pepper);
  const previous = record.previous_hash === null ? undefined : shown(record.previous_pepper);
  const isCurrent = isSame(record.hash, hash);
  const isPrevious = !isCurrent && isSame(record.previous_hash, previous);
  if (!isCurrent && !isPrevious) return hash === undefined ? 'unverifiable' : 'unknown';
  if (record.state !== 'active') return record.state;
  if (record.expires_at !== null && nowMs >= record.expires_at) return 'expired';
  return isPrevious && nowMs >= (record.previous_until ?? 0) ? 'rotated' : 'valid';
}

export function rotatedRecord(
  record: KeyRecord,
  { hash, pepper }: SealedDigest,
  overlapSeconds: number,
  nowMs: number,
): KeyRecord {
  return {
    ...record,
    hash,
    pepper,
    rotated_at: nowMs,
    previous_hash: record.hash,
    previous_pepper: record.pepper ?? null,
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
  const { hash: _hash, previous_hash: _previous, pepper: _pepper, previous_pepper: _other, ...rest } = record;
  const { revision: _revision, ...shown } = rest;
  const isExpired = record.state === 'active' && record.expires_at !== null && nowMs >= record.expires_at;
  return { ...shown, state: isExpired ? 'expired' : record.state, last_used_day: lastUsedDay };
}

/** Compares in constant time. Both are SHA-256 in hex. */
function isSame(one: string | null, other: string | undefined): boolean {
  if (one === null || other === undefined) return false;
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
