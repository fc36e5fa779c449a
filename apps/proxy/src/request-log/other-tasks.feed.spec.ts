import type { RequestLine } from '@claude-proxy/admin-api';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OtherTasksFeed } from './other-tasks.feed.js';

const NOW = Date.now() + 1_000;
const line = (id: string, startedAt: number, durationMs: number) =>
  ({ id, started_at: startedAt, duration_ms: durationMs }) as RequestLine;

/** What the store and the other tasks hold. */
const stored = { newest: [] as RequestLine[], byId: {} as Record<string, RequestLine>, long: [] as string[] };
const feed = () =>
  new OtherTasksFeed(
    { refresh: async () => {}, othersFacts: [{}] } as never,
    {
      get ofOthers() {
        return stored.long;
      },
    } as never,
    { newest: async () => stored.newest, storedLine: async (id: string) => stored.byId[id] } as never,
  );

beforeEach(() => {
  Object.assign(stored, { newest: [], byId: {}, long: [] });
});

describe('the feed of other tasks', () => {
  it('returns each line once, and none that ended before it was opened or was served here', async () => {
    const others = feed();
    others.start(() => {});
    others.note('own');
    stored.newest = [line('new', NOW, 50), line('own', NOW, 50), line('old', NOW - 5_000, 50)];
    expect(await others.newLines()).toEqual([stored.newest[0]]);
    expect(await others.newLines()).toEqual([]);
    others.stop();
  });

  it('returns a request that began five minutes ago, as soon as its line is stored', async () => {
    const others = feed();
    others.start(() => {});
    stored.long = ['long'];
    expect(await others.newLines()).toEqual([]);
    stored.byId = { long: line('long', NOW - 300_000, 301_000) };
    expect(await others.newLines()).toEqual([stored.byId.long]);
    expect(await others.newLines()).toEqual([]);
    others.stop();
  });
});
