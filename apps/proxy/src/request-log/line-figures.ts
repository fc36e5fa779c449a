import type { RequestDetail } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import { labelOf } from '../recording/labels.js';
import { type CountedExchange, FigureAddition } from './figures.js';

/** The figures of one line, as an item of its period would have them; undefined if figures exclude the request. */
export function figuresOfLine(line: RequestDetail): Item | undefined {
  if (line.operation !== 'messages') return undefined;
  const addition = new FigureAddition();
  addition.addExchange(countedOf(line));
  return {
    ...addition.attributes(true),
    user: line.user,
    upstream: line.upstream ?? 'none',
    model: labelOf(line.answered_model ?? line.model ?? undefined),
  };
}

/** A line does not keep what the cache has saved. */
function countedOf(line: RequestDetail): CountedExchange {
  const { usage, cost_usd, first_byte_ms, attempts } = line;
  return {
    outcome: line.outcome,
    status: line.status,
    isFallback: line.is_fallback,
    upstream: line.upstream ?? undefined,
    // Lines name the account, and figures whose credential it was.
    hasOperatorCredential: line.account !== null,
    usage: usage === null ? undefined : tokensOf(line),
    costNanoUsd: cost_usd === null ? (usage === null ? undefined : null) : Math.round(cost_usd * 1e9),
    cacheSavingNanoUsd: 0,
    firstByteMs: first_byte_ms ?? undefined,
    durationMs: line.duration_ms,
    attempts: attempts.map(({ upstream, failure, duration_ms }) => ({
      upstream,
      durationMs: duration_ms,
      ...(failure !== null && { failure: failure as NonNullable<CountedExchange['attempts'][number]['failure']> }),
    })),
  };
}

function tokensOf({
  input_tokens,
  output_tokens,
  cache_creation_input_tokens,
  cache_read_input_tokens,
}: RequestDetail): NonNullable<CountedExchange['usage']> {
  return { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens };
}
