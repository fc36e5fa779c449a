import { type LineFilterTexts, lineMatcher, type RequestLine } from '@claude-proxy/admin-api';
import type { RequestFilter } from '@claude-proxy/admin-client';

/** What `GET /api/requests` filters by, for lines of the live feed. */
export function isWanted(line: RequestLine, { since: _since, until: _until, ...filter }: RequestFilter): boolean {
  const texts = Object.entries(filter).map(([name, value]) => [name, value === undefined ? value : String(value)]);
  return lineMatcher(Object.fromEntries(texts) as LineFilterTexts)(line);
}
