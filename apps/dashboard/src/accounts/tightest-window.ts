import type { Account, AccountWindow } from '@claude-proxy/admin-api';

/** The bucket that ends first at the present pace, else the emptiest one. */
export function tightestWindow({ windows }: Pick<Account, 'windows'>): AccountWindow | undefined {
  return windows.toSorted(
    (a, b) => (a.lasts_until ?? Infinity) - (b.lasts_until ?? Infinity) || shareOf(a) - shareOf(b),
  )[0];
}

/** What is left of a bucket, from 0 to 1. */
export function shareOf({ remaining, limit }: Pick<AccountWindow, 'remaining' | 'limit'>): number {
  return limit > 0 ? Math.min(1, Math.max(0, remaining / limit)) : 0;
}
