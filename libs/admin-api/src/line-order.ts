import type { RequestLine, RequestOrder } from './requests.js';

export interface LineOrder {
  readonly by: RequestOrder;
  readonly isAscending: boolean;
}

/** Compares by the value of an order, then newest first. Lines without a value are last in both directions. */
export function lineComparator({ by, isAscending }: LineOrder): (a: RequestLine, b: RequestLine) => number {
  const sign = isAscending ? 1 : -1;
  return (a, b) => {
    const [x, y] = [orderedValueOf(a, by), orderedValueOf(b, by)];
    const byValue = x === null || y === null ? Number(x === null) - Number(y === null) : sign * (x - y);
    return byValue || b.started_at - a.started_at || (a.id < b.id ? 1 : -1);
  };
}

/** Input, cached or not, and output. */
export function allTokensOfLine(line: RequestLine): number {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = line;
  return input_tokens + output_tokens + cache_creation_input_tokens + cache_read_input_tokens;
}

function orderedValueOf(line: RequestLine, by: RequestOrder): number | null {
  switch (by) {
    case 'time':
      return line.started_at;
    case 'cost':
      return line.cost_usd;
    case 'tokens':
      return allTokensOfLine(line);
    case 'duration':
      return line.duration_ms;
    case 'first_byte':
      return line.first_byte_ms;
  }
}
