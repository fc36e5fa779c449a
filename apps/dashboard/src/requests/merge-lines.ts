import { type LineOrder, lineComparator, type RequestLine } from '@claude-proxy/admin-api';

/** The page is open all day: it never keeps more lines than a person would scroll through. */
export const MAX_LINES = 500;
const NEWEST_FIRST: LineOrder = { by: 'time', isAscending: false };

/** In order, each exchange once, the last ones left out where there are too many. */
export function mergeLines(
  present: readonly RequestLine[],
  added: readonly RequestLine[],
  order = NEWEST_FIRST,
): readonly RequestLine[] {
  const byId = new Map([...present, ...added].map((line) => [line.id, line]));
  return [...byId.values()].sort(lineComparator(order)).slice(0, MAX_LINES);
}
