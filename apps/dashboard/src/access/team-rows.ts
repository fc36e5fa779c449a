import type { Statement, StatementLine, Team } from '@claude-proxy/admin-api';

/** A team, and its part of the statement of a month. */
export interface TeamRow {
  readonly name: string;
  readonly users: readonly string[];
  /** False for a name that keys or the sign-in have given to requests. */
  readonly isKept: boolean;
  /** Undefined without requests in that month. */
  readonly line: StatementLine | undefined;
}

const SCOPE = 'team:';

/** The dearest first, then by name. Keys and the sign-in also name teams that are not in the list. */
export function teamRowsOf(teams: readonly Team[], statement: Statement | undefined): readonly TeamRow[] {
  const lines = new Map(
    (statement?.lines ?? []).flatMap((line) =>
      line.scope.startsWith(SCOPE) ? [[line.scope.slice(SCOPE.length), line] as const] : [],
    ),
  );
  const kept = teams.map(({ name, users }): TeamRow => ({ name, users, isKept: true, line: lines.get(name) }));
  const names = new Set(teams.map(({ name }) => name));
  const named = [...lines].flatMap(([name, line]): TeamRow[] =>
    names.has(name) ? [] : [{ name, users: [], isKept: false, line }],
  );
  return [...kept, ...named].sort(
    (one, other) => (other.line?.usd ?? 0) - (one.line?.usd ?? 0) || one.name.localeCompare(other.name),
  );
}
