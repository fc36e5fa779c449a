import type { AccountWindow } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { shareOf, tightestWindow } from './tightest-window.js';

const window = (group: string, remaining: number, lasts_until: number | null = null): AccountWindow => ({
  ...{ group, kind: 'input_tokens', limit: 100, remaining, full_at: 0, lasts_until },
});

describe('the tightest window of an account', () => {
  it('is the one that ends first, else the emptiest one', () => {
    const windows = [window('opus', 80), window('sonnet', 50), window('haiku', 90, 2_000)];
    expect(tightestWindow({ windows })?.group).toBe('haiku');
    expect(tightestWindow({ windows: windows.slice(0, 2) })?.group).toBe('sonnet');
    expect(tightestWindow({ windows: [] })).toBeUndefined();
  });

  it('has a share between 0 and 1', () => {
    expect([window('a', 25), window('a', 250), window('a', -1)].map(shareOf)).toEqual([0.25, 1, 0]);
    expect(shareOf({ remaining: 5, limit: 0 })).toBe(0);
  });
});
