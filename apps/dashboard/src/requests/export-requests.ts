import type { RequestLine, RequestPage } from '@claude-proxy/admin-api';
import { gateway } from '../api/gateway.js';
import { type Cell, toCsv } from '../format/to-csv.js';
import { type Filter, questionOf } from './filter.js';

/** Enough for a spreadsheet; the API has more. */
const MAX_EXPORTED = 10_000;
const PAGE_SIZE = 200;

const COLUMNS = [
  'id',
  'user',
  'operation',
  'model',
  'upstream',
  'fallback_reason',
  'is_fallback',
  'is_drill',
  'is_stream',
  'outcome',
  'status',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'is_output_estimated',
  'cost_usd',
  'first_byte_ms',
  'duration_ms',
  'team',
  'client_key',
  'account',
  'session',
  'upstream_request_id',
] as const satisfies readonly (keyof RequestLine)[];

/** Everything that the filter lets through, page by page. */
export async function exportRequests(filter: Filter, onProgress: (count: number) => void): Promise<string> {
  const rows: Cell[][] = [];
  let cursor: string | null = null;
  do {
    const page: RequestPage = await gateway.requests({ ...questionOf(filter), limit: PAGE_SIZE, cursor });
    for (const line of page.requests) {
      rows.push([new Date(line.started_at).toISOString(), ...COLUMNS.map((column) => line[column])]);
    }
    onProgress(rows.length);
    cursor = page.next_cursor;
  } while (cursor !== null && rows.length < MAX_EXPORTED);
  return toCsv(['started_at', ...COLUMNS], rows);
}
