import type { TokenCounts, UsageOfAll } from '@claude-proxy/admin-api';

export interface UserRow extends TokenCounts {
  readonly user: string;
  /** Undefined until it is known. */
  readonly bedrockRequests: number | undefined;
}

export type SortKey = 'user' | 'requests' | 'bedrock' | keyof Omit<TokenCounts, 'total_tokens' | 'requests'>;

export interface Order {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

export function userRowsOf(all: UsageOfAll, bedrock: UsageOfAll | undefined): readonly UserRow[] {
  return Object.entries(all.users).map(([user, counts]) => ({
    ...counts,
    user,
    bedrockRequests: bedrock ? (bedrock.users[user]?.requests ?? 0) : undefined,
  }));
}

export function bedrockShareOf({ bedrockRequests, requests }: UserRow): number | undefined {
  return bedrockRequests === undefined || requests === 0 ? undefined : bedrockRequests / requests;
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
  return key === 'bedrock' ? (bedrockShareOf(row) ?? null) : row[key];
}
