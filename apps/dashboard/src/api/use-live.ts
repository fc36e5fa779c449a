import type { LiveEvent } from '@claude-proxy/admin-api';
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { FeedState, LiveFeed } from './live-feed.js';

export const LiveFeedContext = createContext<LiveFeed | undefined>(undefined);

export function useLive(listener: (event: LiveEvent) => void): void {
  const feed = useContext(LiveFeedContext);
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => feed?.listen((event) => latest.current(event)), [feed]);
}

export function useFeedState(): FeedState {
  const feed = useContext(LiveFeedContext);
  const [state, setState] = useState<FeedState>(feed?.state ?? 'connecting');
  useEffect(() => {
    if (!feed) return;
    setState(feed.state);
    return feed.watchState(setState);
  }, [feed]);
  return state;
}
