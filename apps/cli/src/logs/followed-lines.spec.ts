import type { LiveEvent, RequestLine } from '@claude-proxy/admin-api';
import type { AdminClient, LiveOptions } from '@claude-proxy/admin-client';
import { describe, expect, it } from '@jest/globals';
import { followedLines } from './followed-lines.js';

const NOW = 1_800_000_000_000;
const lineOf = (id: string, startedAt = NOW, durationMs = 10) =>
  ({
    id,
    started_at: startedAt,
    duration_ms: durationMs,
    user: 'a',
    outcome: 'completed',
    is_fallback: false,
  }) as RequestLine;

const pageWith = (requests: RequestLine[]) => ({
  requests,
  next_cursor: null,
  searched_since: 0,
  searched_requests: 0,
});

/** A feed that breaks once; the log has what ended in the meantime. */
function sourceOf(log: () => readonly RequestLine[]): Pick<AdminClient, 'live' | 'requests'> {
  return {
    async *live({ onState, signal }: LiveOptions): AsyncGenerator<LiveEvent, void> {
      onState?.('open');
      yield { type: 'exchange', request: lineOf('one') };
      onState?.('waiting');
      onState?.('connecting');
      onState?.('open');
      yield { type: 'exchange', request: lineOf('two') };
      yield { type: 'exchange', request: lineOf('four') };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    requests: async () => pageWith([...log()].reverse()),
  };
}

describe('followedLines', () => {
  it('C5: brings each line once over a break of the feed, with those that ended while it was away', async () => {
    const end = new AbortController();
    const gaps: string[] = [];
    const log = () => [
      lineOf('zero', NOW - 60_000),
      lineOf('one'),
      lineOf('two'),
      lineOf('three'),
      lineOf('long', NOW - 50_000, 50_000),
    ];
    const found: string[] = [];
    const options = {
      filter: {},
      last: 0,
      signal: end.signal,
      now: () => NOW,
      onGap: (state: string) => void gaps.push(state),
    };
    for await (const { id } of followedLines(sourceOf(log), options)) {
      found.push(id);
      if (found.length === 5) end.abort();
    }
    expect(found.toSorted()).toEqual(['four', 'long', 'one', 'three', 'two']);
    expect(gaps).toEqual(['lost', 'back']);
  });

  it('fails as its feed fails', async () => {
    const source = {
      // biome-ignore lint/correctness/useYield: it fails before its first event
      async *live(): AsyncGenerator<LiveEvent, void> {
        throw new Error('refused');
      },
      requests: async () => pageWith([]),
    };
    const options = { filter: {}, last: 0, signal: new AbortController().signal, now: () => NOW, onGap: () => {} };
    await expect(followedLines(source, options).next()).rejects.toThrow('refused');
  });
});
