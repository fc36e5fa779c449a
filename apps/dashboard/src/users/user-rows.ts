import type { TokenCounts, UsageOfAll } from '@claude-proxy/admin-api';

export interface UserRow extends TokenCounts {
  readonly user: string;
  /** Undefined until it is known. */
  readonly fallbackRequests: number | undefined;
}

export type SortKey = 'user' | 'requests' | 'fallbacks' | keyof Omit<TokenCounts, 'total_tokens' | 'requests'>;

export interface Order {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** @param first usage of the first choice; what another upstream answered is a fallback */
export function userRowsOf(all: UsageOfAll, first: UsageOfAll | undefined): readonly UserRow[] {
  return Object.entries(all.users).map(([user, counts]) => ({
    ...counts,
    user,
    // The two answers are of two moments.
    fallbackRequests: first && Math.max(0, counts.requests - (first.users[user]?.requests ?? 0)),
  }));
}

export function fallbackShareOf({ fallbackRequests, requests }: UserRow): number | undefined {
  return fallbackRequests === undefined || requests === 0 ? undefined : fallbackRequests / requests;
}

/** What is not known stands last, whichever way. */
export function sorted(rows: readonly UserRow[], { key, isDescending }: Order): readonly UserRow[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (key === 'user') return sign * a.user.localeCompare(b.user);
    const [x, y] = [sortValueOf(a, key), sortValueOf(b, key)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y) || a.user.localeCompare(b.user);
  });
}

function sortValueOf(row: UserRow, key: Exclude<SortKey, 'user'>): number | null {
  return key === 'fallbacks' ? (fallbackShareOf(row) ?? null) : row[key];
}
