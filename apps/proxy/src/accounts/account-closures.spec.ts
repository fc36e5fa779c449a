import type { AccountVerdict } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import { AccountClosures, type Owners } from './account-closures.js';

const owners = (key: string, workspace = key, organization = workspace): Owners => ({
  key: `key:${key}`,
  workspace: `workspace:${workspace}`,
  organization: `organization:${organization}`,
});
const A = owners('a', 'w1', 'acme');
const B = owners('b', 'w2', 'acme');
const C = owners('c', 'w3', 'beta');
const COOLING: AccountVerdict = { fault: 'cooling', reach: 'organization', isOfGroup: true, reason: 'retry-after' };

describe('closures of accounts', () => {
  it('P1: a limit of one key closes its group of models for every key of the organization, and nothing else', () => {
    const closures = new AccountClosures();
    closures.close(A, { ...COOLING, seconds: 60 }, 'opus-5-5', 0);
    expect(closures.closureOf(B, ['opus-5-5'], 1_000)).toMatchObject({ fault: 'cooling', untilMs: 60_000 });
    expect(closures.closureOf(B, ['sonnet-5-5'], 1_000)).toBeUndefined();
    expect(closures.closureOf(C, ['opus-5-5'], 1_000)).toBeUndefined();
    expect(closures.closureOf(A, ['opus-5-5'], 60_000)).toBeUndefined();
  });

  it('a limit of a workspace leaves the other workspaces of the organization open', () => {
    const closures = new AccountClosures();
    closures.close(A, { ...COOLING, reach: 'workspace', seconds: 60 }, 'opus-5-5', 0);
    expect(closures.closureOf(A, ['opus-5-5'], 0)).toBeDefined();
    expect(closures.closureOf(B, ['opus-5-5'], 0)).toBeUndefined();
  });

  it('a limit without a time holds for 30 seconds, then twice as long each time, up to five minutes', () => {
    const closures = new AccountClosures();
    const lengths: number[] = [];
    for (let round = 0, nowMs = 0; round < 6; round += 1) {
      closures.close(A, COOLING, 'opus-5-5', nowMs);
      const { untilMs } = closures.closureOf(A, ['opus-5-5'], nowMs)!;
      lengths.push((untilMs! - nowMs) / 1_000);
      nowMs = untilMs! + 1_000;
    }
    expect(lengths).toEqual([30, 60, 120, 240, 300, 300]);
  });

  it('refusals that were under way when it closed do not lengthen it', () => {
    const closures = new AccountClosures();
    closures.close(A, COOLING, 'opus-5-5', 0);
    closures.close(A, COOLING, 'opus-5-5', 10_000);
    expect(closures.closureOf(A, ['opus-5-5'], 10_000)!.untilMs).toBe(30_000);
  });

  it('a refused key stays closed for all models until an operator or a probe clears it', () => {
    const closures = new AccountClosures();
    closures.close(A, { fault: 'refused', reach: 'key', isOfGroup: false, reason: '401' }, 'opus-5-5', 0);
    expect(closures.closureOf(A, ['haiku-5-5'], 1e12)).toMatchObject({ fault: 'refused' });
    expect(closures.closureOf(B, ['haiku-5-5'], 1e12)).toBeUndefined();
    closures.clear(A);
    expect(closures.closureOf(A, ['haiku-5-5'], 1e12)).toBeUndefined();
  });

  it('an overloaded model is on record and closes nothing', () => {
    const closures = new AccountClosures();
    closures.close(A, { fault: 'overloaded', reach: 'organization', isOfGroup: true, reason: '529' }, 'opus-5-5', 0);
    expect(closures.closureOf(A, ['opus-5-5'], 0)).toBeUndefined();
    expect([...closures.of(A, 0)]).toMatchObject([{ fault: 'overloaded', group: 'opus-5-5', untilMs: 10_000 }]);
  });

  it('moves to the organization once that is known', () => {
    const closures = new AccountClosures();
    closures.close(owners('a'), { ...COOLING, seconds: 60 }, 'opus-5-5', 0);
    closures.rename(owners('a'), A);
    expect(closures.closureOf(B, ['opus-5-5'], 0)).toBeDefined();
  });
});
