import { useEffect, useState } from 'preact/hooks';
import type { Polled } from '../api/use-polled.js';
import { useSettings } from '../texts/settings.js';

/** When the figures are from; when they are old, how old. */
export function Freshness({ of }: { readonly of: Pick<Polled<unknown>, 'error' | 'updatedAt'> }) {
  const { texts, format } = useSettings();
  const now = useNow(of.error ? 5_000 : undefined);
  if (of.updatedAt === undefined) return null;
  if (!of.error) return <p class="freshness">{texts.state.updated(format.clock(of.updatedAt))}</p>;
  const age = format.span(Math.max(0, now - of.updatedAt) / 1_000);
  return (
    <p class="freshness is-stale" role="status">
      {texts.state.stale(age)}
    </p>
  );
}

/** The present, again and again. Without a step it stands still. */
export function useNow(everyMs: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (everyMs === undefined) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}
