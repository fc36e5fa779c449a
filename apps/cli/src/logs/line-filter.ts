import type { RequestLine } from '@claude-proxy/admin-api';
import type { RequestFilter } from '@claude-proxy/admin-client';

/** What `GET /api/requests` filters by, for lines of the live feed. */
export function isWanted(line: RequestLine, { user, model, upstream, errors, fallbacks }: RequestFilter): boolean {
  return (
    (user === undefined || line.user === user.normalize('NFC')) &&
    (model === undefined || line.model === model) &&
    (upstream === undefined || line.upstream === upstream) &&
    (!errors || line.outcome === 'refused' || line.outcome === 'broken') &&
    (!fallbacks || line.is_fallback)
  );
}
