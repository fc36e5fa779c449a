import { useLive } from '../api/use-live.js';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { useReadiness } from '../readiness.js';
import { useSettings } from '../texts/settings.js';
import { verdictOf } from './verdict.js';

const REFRESH_SECONDS = 10;

/** One big plain sentence: is it well right now. */
export function VerdictPanel() {
  const { texts, format } = useSettings();
  const readiness = useReadiness();
  const hour = usePolled('analytics', REFRESH_SECONDS, (gateway, signal) => gateway.analytics('1h', {}, signal));
  const limits = usePolled('limits', REFRESH_SECONDS * 2, (gateway, signal) => gateway.limits(signal));
  const drills = usePolled('drills', REFRESH_SECONDS * 2, (gateway, signal) => gateway.drills(signal));
  useLive(({ type }) => {
    if (type === 'limits') limits.refresh();
    if (type === 'drills') drills.refresh();
    if (type === 'draining') readiness.refresh();
  });
  const { mood, headline, note } = verdictOf(
    {
      readiness: readiness.data,
      buckets: hour.data?.buckets,
      until: hour.data?.until,
      bucketSeconds: hour.data?.bucket_seconds,
      limits: limits.data?.limits ?? [],
      drills: drills.data?.drills ?? [],
      isForced: drills.data?.is_forced ?? false,
      isReachable: readiness.error === undefined || readiness.error.status !== 0,
    },
    texts,
    format,
  );
  return (
    <section class={`verdict is-${mood}`} aria-live="polite" aria-atomic="true">
      <MoodSign mood={mood} />
      <div>
        <p class="verdict-headline">{headline}</p>
        {note && <p class="verdict-note">{note}</p>}
        {readiness.error && <Freshness of={readiness} />}
      </div>
    </section>
  );
}

function MoodSign({ mood }: { readonly mood: string }) {
  return (
    <svg class="mood" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <circle cx="20" cy="20" r="19" />
      {mood === 'well' && <path d="M12.5 20.500l5.5 5.5 10-12" />}
      {mood === 'on-fallback' && <path d="M11 15h15l-4-4M29 25H14l4 4" />}
      {mood === 'trouble' && <path d="M20 11v11M20 27.500v.5" />}
      {mood === 'waiting' && <path d="M13 20h.01M20 20h.01M27 20h.01" />}
    </svg>
  );
}
