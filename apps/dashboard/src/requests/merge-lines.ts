import type { RequestLine } from '@claude-proxy/admin-api';

/** The page is open all day: it never keeps more lines than a person would scroll through. */
export const MAX_LINES = 500;

/** Newest first, each exchange once, the oldest left out where there are too many. */
export function mergeLines(present: readonly RequestLine[], added: readonly RequestLine[]): readonly RequestLine[] {
  const byId = new Map([...present, ...added].map((line) => [line.id, line]));
  return [...byId.values()].sort((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1)).slice(0, MAX_LINES);
}
