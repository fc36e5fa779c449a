import type { Verdict } from '@claude-proxy/admin-api';
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Knowledge } from '../overview/shown-verdict.js';
import type { LiveFeed } from './live-feed.js';
import { type Polled, usePolled } from './use-polled.js';

const VERDICT_SECONDS = 10;

export interface GatewayState extends Knowledge {
  readonly polled: Pick<Polled<Verdict>, 'error' | 'updatedAt'>;
}

export const GatewayStateContext = createContext<GatewayState | undefined>(undefined);

/** Undefined for users, who may not read the verdict. */
export function useGatewayState(): GatewayState | undefined {
  return useContext(GatewayStateContext);
}

/**
 * The one source for the headline and the light: the verdict of the gateway, which is asked for at once when the feed
 * ends, opens again or reports a change.
 */
export function useOwnGatewayState(feed: LiveFeed | undefined): GatewayState | undefined {
  const verdict = usePolled(feed ? 'verdict' : null, VERDICT_SECONDS, (gateway, signal) => gateway.verdict(signal));
  const [feedState, setFeedState] = useState(feed?.state ?? 'connecting');
  const [lostAt, setLostAt] = useState<number>();
  const refresh = useRef(verdict.refresh);
  refresh.current = verdict.refresh;
  useEffect(() => {
    if (!feed) return;
    setFeedState(feed.state);
    let hasBegun = feed.state !== 'connecting';
    const stops = [
      feed.watchState((state) => {
        setFeedState(state);
        if (state === 'waiting') setLostAt(Date.now());
        if (state === 'connecting' || state === 'resting') return;
        // The first verdict was asked for with the feed: asking again would only delay it.
        if (hasBegun || state !== 'open') refresh.current();
        hasBegun = true;
      }),
      feed.listen(({ type }) => {
        if (type === 'limits' || type === 'drills' || type === 'accounts') refresh.current();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [feed]);
  if (!feed) return undefined;
  return {
    verdict: verdict.data,
    verdictAt: verdict.updatedAt,
    errorStatus: verdict.error?.status,
    feed: feedState,
    lostAt,
    polled: verdict,
  };
}
