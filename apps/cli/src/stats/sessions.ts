import type { RequestLine } from '@claude-proxy/admin-api';

/** What one session of a client has used. */
export interface SessionRow {
  /** The session. */
  readonly name: string;
  readonly user: string;
  readonly requests: number;
  readonly errors: number;
  readonly tokens: number;
  readonly cache_hit_share: number | null;
  readonly cost_usd: number;
  /** Requests that did not read the prompt cache as expected. */
  readonly cache_breaks: number;
  /** Epoch milliseconds of the first and the last request. */
  readonly first_at: number;
  readonly last_at: number;
}

/** Sessions by their last request. Requests without a session are left out. */
export function sessionRows(lines: readonly RequestLine[]): SessionRow[] {
  const bySession = Map.groupBy(
    lines.filter(({ session }) => session),
    ({ session }) => session!,
  );
  return [...bySession].map(([name, of]) => rowOf(name, of)).sort((left, right) => right.last_at - left.last_at);
}

function rowOf(name: string, of: readonly RequestLine[]): SessionRow {
  const sum = (value: (line: RequestLine) => number) => of.reduce((total, line) => total + value(line), 0);
  const read = sum(({ cache_read_input_tokens }) => cache_read_input_tokens);
  const input = read + sum((line) => line.input_tokens + line.cache_creation_input_tokens);
  const times = of.map(({ started_at }) => started_at);
  return {
    name,
    user: of[0]!.user,
    requests: of.length,
    errors: of.filter(({ outcome }) => outcome === 'refused' || outcome === 'broken').length,
    tokens: input + sum(({ output_tokens }) => output_tokens),
    cache_hit_share: input === 0 ? null : read / input,
    cost_usd: sum(({ cost_usd }) => cost_usd ?? 0),
    cache_breaks: of.filter(({ cache_break }) => cache_break).length,
    first_at: Math.min(...times),
    last_at: Math.max(...times),
  };
}
