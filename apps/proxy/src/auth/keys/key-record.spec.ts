import { describe, expect, it } from '@jest/globals';
import { judgeKey, type KeyRecord, revokedRecord, rotatedRecord, shownKey } from './key-record.js';
import { digestOf } from './key-text.js';

const FIRST = digestOf('first');
const SECOND = digestOf('second');
const THIRD = digestOf('third');
const record = (change: Partial<KeyRecord> = {}): KeyRecord => ({
  ...{ id: 'AbCd0123', hash: FIRST, name: 'laptop', user: 'alice', owner: 'user', team: null, models: null },
  ...{ endpoints: null, roles: ['user'], limits: {}, state: 'active', created_at: 0, created_by: 'admin_token' },
  ...{ expires_at: null, revoked_at: null, rotated_at: null, previous_hash: null, previous_until: null, revision: 1 },
  ...change,
});

describe('a key', () => {
  it('is valid with its digest, and unknown with another one', () => {
    expect(judgeKey(record(), FIRST, 1)).toBe('valid');
    expect(judgeKey(record(), SECOND, 1)).toBe('unknown');
    expect(judgeKey(record(), '', 1)).toBe('unknown');
  });

  it('reveals its state to its secret only', () => {
    const revoked = revokedRecord(record(), 5);
    expect([judgeKey(revoked, FIRST, 6), judgeKey(revoked, SECOND, 6)]).toEqual(['revoked', 'unknown']);
    expect(judgeKey(record({ state: 'disabled' }), FIRST, 6)).toBe('disabled');
  });

  it('expires in the named millisecond', () => {
    const ending = record({ expires_at: 100 });
    expect([judgeKey(ending, FIRST, 99), judgeKey(ending, FIRST, 100)]).toEqual(['valid', 'expired']);
  });

  it('K4: works beside its successor until the overlap ends, then is rotated', () => {
    const rotated = rotatedRecord(record(), SECOND, 10, 1_000);
    expect([judgeKey(rotated, FIRST, 10_999), judgeKey(rotated, SECOND, 10_999)]).toEqual(['valid', 'valid']);
    expect([judgeKey(rotated, FIRST, 11_000), judgeKey(rotated, SECOND, 11_000)]).toEqual(['rotated', 'valid']);
  });

  it('K4: never has two predecessors', () => {
    const twice = rotatedRecord(rotatedRecord(record(), SECOND, 10, 0), THIRD, 10, 1);
    expect([FIRST, SECOND, THIRD].map((digest) => judgeKey(twice, digest, 2))).toEqual(['unknown', 'valid', 'valid']);
  });

  it('is shown without its digests', () => {
    const shown = shownKey(rotatedRecord(record({ expires_at: 5 }), SECOND, 1, 0), null, 6);
    expect(JSON.stringify(shown)).not.toMatch(/[0-9a-f]{16}/);
    expect(shown.state).toBe('expired');
  });
});
