import type { UserOrder, UserUsage } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { userPage } from './user-pages.js';

const usageOf = (user: string, requests: number, cost: number | null = requests): UserUsage => ({
  user,
  requests,
  cost_usd: cost,
  input_tokens: requests,
  output_tokens: 0,
  all_tokens: 0,
  total_tokens: requests,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  unpriced_requests: 0,
});
const USERS = [usageOf('준호', 3), usageOf('bob', 7, null), usageOf('alice', 3), usageOf('carol', 0)];

function namesOf(sort: UserOrder, limit: number): string[][] {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = userPage(USERS, { sort, limit, cursor });
    pages.push(page.users.map(({ user }) => user));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

describe('pages of users', () => {
  it.each<[UserOrder, string[][]]>([
    ['user', [['alice', 'bob', 'carol'], ['준호']]],
    ['requests', [['bob', 'alice', '준호'], ['carol']]],
    ['cost', [['alice', '준호', 'carol'], ['bob']]],
  ])('hold each user once, by %s', (sort, pages) => {
    expect(namesOf(sort, 3)).toEqual(pages);
  });

  it('end with the last user, and are empty without users', () => {
    expect(userPage(USERS, { sort: 'user', limit: 4, cursor: undefined }).next_cursor).toBeNull();
    expect(userPage([], { sort: 'user', limit: 4, cursor: undefined })).toEqual({ users: [], next_cursor: null });
  });

  it.each(['x', 'bnVsbA', Buffer.from('[1]').toString('base64url')])('refuse the cursor %s', (cursor) => {
    expect(() => userPage(USERS, { sort: 'user', limit: 1, cursor })).toThrow('the next_cursor of a page');
  });
});
