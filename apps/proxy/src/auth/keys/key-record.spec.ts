import { describe, expect, it } from '@jest/globals';
import { KeyPepper } from './key-pepper.js';
import { judgeKey, type KeyRecord, revokedRecord, rotatedRecord as rotatedWith, shownKey } from './key-record.js';
import { digestOf } from './key-text.js';

const FIRST = digestOf('first');
const SECOND = digestOf('second');
const THIRD = digestOf('third');
const none = new KeyPepper(undefined);
const judge = (kept: KeyRecord, digest: string, nowMs: number, pepper = none) =>
  judgeKey(kept, (sealedWith) => pepper.hashFor(digest, sealedWith), nowMs);
const rotatedRecord = (kept: KeyRecord, digest: string, overlapSeconds: number, nowMs: number, pepper = none) =>
  rotatedWith(kept, pepper.seal(digest), overlapSeconds, nowMs);
const record = (change: Partial<KeyRecord> = {}): KeyRecord => ({
  ...{ id: 'AbCd0123', hash: FIRST, name: 'laptop', user: 'alice', owner: 'user', team: null, models: null },
  ...{ endpoints: null, roles: ['user'], limits: {}, state: 'active', created_at: 0, created_by: 'admin_token' },
  ...{ expires_at: null, revoked_at: null, rotated_at: null, previous_hash: null, previous_until: null, revision: 1 },
  ...change,
});

describe('a key', () => {
  it('is valid with its digest, and unknown with another one', () => {
    expect(judge(record(), FIRST, 1)).toBe('valid');
    expect(judge(record(), SECOND, 1)).toBe('unknown');
    expect(judge(record(), '', 1)).toBe('unknown');
  });

  it('reveals its state to its secret only', () => {
    const revoked = revokedRecord(record(), 5);
    expect([judge(revoked, FIRST, 6), judge(revoked, SECOND, 6)]).toEqual(['revoked', 'unknown']);
    expect(judge(record({ state: 'disabled' }), FIRST, 6)).toBe('disabled');
  });

  it('expires in the named millisecond', () => {
    const ending = record({ expires_at: 100 });
    expect([judge(ending, FIRST, 99), judge(ending, FIRST, 100)]).toEqual(['valid', 'expired']);
  });

  it('K4: works beside its successor until the overlap ends, then is rotated', () => {
    const rotated = rotatedRecord(record(), SECOND, 10, 1_000);
    expect([judge(rotated, FIRST, 10_999), judge(rotated, SECOND, 10_999)]).toEqual(['valid', 'valid']);
    expect([judge(rotated, FIRST, 11_000), judge(rotated, SECOND, 11_000)]).toEqual(['rotated', 'valid']);
  });

  it('K4: never has two predecessors', () => {
    const twice = rotatedRecord(rotatedRecord(record(), SECOND, 10, 0), THIRD, 10, 1);
    expect([FIRST, SECOND, THIRD].map((digest) => judge(twice, digest, 2))).toEqual(['unknown', 'valid', 'valid']);
  });

  it('with a pepper is judged by it only, also beside one that was stored without', () => {
    const pepper = new KeyPepper('salt of the gateway');
    const rotated = rotatedRecord(record(), SECOND, 10, 0, pepper);
    expect([FIRST, SECOND, THIRD].map((digest) => judge(rotated, digest, 1, pepper))).toEqual([
      'valid',
      'valid',
      'unknown',
    ]);
    expect(rotated.hash).not.toBe(SECOND);
    for (const other of [none, new KeyPepper('another')]) {
      expect([FIRST, SECOND].map((digest) => judge(rotated, digest, 1, other))).toEqual(['valid', 'unverifiable']);
    }
  });

  it('is shown without its digests', () => {
    const shown = shownKey(rotatedRecord(record({ expires_at: 5 }), SECOND, 1, 0), null, 6);
    expect(JSON.stringify(shown)).not.toMatch(/[0-9a-f]{16}/);
    expect(shown.state).toBe('expired');
  });
});
