import type { UserOrder, UserUsage } from '@claude-proxy/admin-api';
import { invalidParameter } from '../auth/query-parameters.js';

export interface UserPageOrder {
  readonly sort: UserOrder;
  readonly limit: number;
  readonly cursor: string | undefined;
}

type Place = readonly [value: number, user: string];

const VALUES: Readonly<Record<UserOrder, (usage: UserUsage) => number>> = {
  user: () => 0,
  cost: ({ cost_usd }) => cost_usd ?? -1,
  tokens: ({ input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens }) =>
    input_tokens + output_tokens + cache_creation_input_tokens + cache_read_input_tokens,
  requests: ({ requests }) => requests,
};

/**
 * The page after a cursor. The cursor holds the place of the last user in the order, so users that come or go between two
 * pages move no others. @throws GatewayError for a cursor that no page has given
 */
export function userPage(
  users: readonly UserUsage[],
  { sort, limit, cursor }: UserPageOrder,
): { users: readonly UserUsage[]; next_cursor: string | null } {
  const amountOf = VALUES[sort];
  const placeOf = (usage: UserUsage): Place => [amountOf(usage), usage.user];
  const after = cursor === undefined ? undefined : placeIn(cursor);
  const rest = users
    .map((usage) => ({ usage, place: placeOf(usage) }))
    .sort((a, b) => comparePlaces(a.place, b.place))
    .filter(({ place }) => after === undefined || comparePlaces(place, after) > 0);
  const last = rest.length > limit ? rest[limit - 1]!.place : undefined;
  return { users: rest.slice(0, limit).map(({ usage }) => usage), next_cursor: last ? cursorOf(last) : null };
}

/** Highest value first, then by name. */
function comparePlaces([value, user]: Place, [otherValue, otherUser]: Place): number {
  return otherValue - value || (user < otherUser ? -1 : Number(user > otherUser));
}

function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeIn(cursor: string): Place {
  try {
    const [value, user] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Place;
    if (typeof value === 'number' && typeof user === 'string') return [value, user];
  } catch {
    // Refused below.
  }
  throw invalidParameter('cursor', cursor, 'the next_cursor of a page');
}
