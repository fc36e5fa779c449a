import type { RequestLine } from '@claude-proxy/admin-api';

export interface OwnSession {
  readonly id: string;
  readonly requests: number;
  readonly costUsd: number;
  /** The share of the input that came from the prompt cache; undefined without input. */
  readonly cacheShare: number | undefined;
  readonly lastAt: number;
}

/** The sessions of these requests, the latest first. Clients that name no session are left out. */
export function sessionsOf(requests: readonly RequestLine[]): readonly OwnSession[] {
  const bySession = Map.groupBy(
    requests.filter(({ session }) => session !== null),
    ({ session }) => session!,
  );
  return [...bySession].map(([id, lines]) => sessionOf(id, lines)).sort((one, other) => other.lastAt - one.lastAt);
}

function sessionOf(id: string, lines: readonly RequestLine[]): OwnSession {
  const sum = (amountOf: (line: RequestLine) => number) => lines.reduce((total, line) => total + amountOf(line), 0);
  const cached = sum(({ cache_read_input_tokens: read }) => read);
  const input = sum(
    ({ input_tokens, cache_creation_input_tokens, cache_read_input_tokens }) =>
      input_tokens + cache_creation_input_tokens + cache_read_input_tokens,
  );
  return {
    id,
    requests: lines.length,
    costUsd: sum(({ cost_usd }) => cost_usd ?? 0),
    cacheShare: input === 0 ? undefined : cached / input,
    lastAt: Math.max(...lines.map(({ started_at }) => started_at)),
  };
}
