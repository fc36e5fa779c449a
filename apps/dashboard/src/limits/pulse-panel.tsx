import type { RequestLine } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { useLive } from '../api/use-live.js';
import { useNow } from '../parts/freshness.js';
import { Moment } from '../parts/moment.js';
import { UpstreamChip } from '../parts/upstream-chip.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { colourOfUpstream, nameOfUpstream } from '../upstreams.js';
import { SLOT_MS, SLOTS, type Slot, slotsUpTo, totalsOf, withExchange } from './pulse.js';

const SHOWN_LINES = 6;

/** Exchanges as they end, by who answered: a drill is seen here within a second. */
export function PulsePanel() {
  const { texts, format } = useSettings();
  const { limits } = texts;
  const [known, setKnown] = useState<readonly Slot[]>([]);
  const [lines, setLines] = useState<readonly RequestLine[]>([]);
  const [openedAt] = useState(Date.now);
  const now = useNow(1_000);
  useLive((event) => {
    if (event.type !== 'exchange') return;
    setKnown((before) => withExchange(before, event.request, Date.now()));
    setLines((before) => [event.request, ...before].slice(0, SHOWN_LINES));
  });
  const slots = slotsUpTo(now, known);
  const seconds = Math.round(Math.max(0, Math.min(now - openedAt, SLOTS * SLOT_MS)) / 1_000);
  const totals = Object.entries(totalsOf(slots)).sort(([a], [b]) => a.localeCompare(b));
  const text = totals.map(([name, count]) => limits.by(format.integer(count), nameOfUpstream(name || null, texts)));
  return (
    <section class="panel" aria-labelledby="watch">
      <h2 id="watch">{limits.watch}</h2>
      <p class="lead">{limits.watchLead}</p>
      <PulseBars slots={slots} />
      <p class="pulse-text">
        {text.length === 0 ? limits.watchNothing(seconds) : limits.watchText(text.join(' · '), seconds)}
      </p>
      {lines.length === 0 ? (
        <p class="muted">{limits.watchEmpty}</p>
      ) : (
        <ul class="pulse-lines">
          {lines.map((line) => (
            <li key={line.id}>
              <a class="quiet" href={hashOf('limits', undefined, { open: line.id })}>
                <Moment time={line.started_at} />
              </a>
              <span class="clip">{line.user}</span>
              <UpstreamChip name={line.upstream} />
              {line.is_drill && <span class="tag">{texts.requests.drill}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Only for the eye; the sentence below says the same. */
function PulseBars({ slots }: { readonly slots: readonly Slot[] }) {
  const heights = slots.map(({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0));
  const tallest = Math.max(4, ...heights);
  return (
    <div class="pulse" aria-hidden="true">
      {slots.map(({ time, counts }) => (
        <div key={time}>
          {Object.entries(counts)
            .sort(([a], [b]) => a.localeCompare(b))
            .map(([name, count]) => (
              <i
                key={name}
                class={`of-${colourOfUpstream(name || null)}`}
                style={{ height: `${(count / tallest) * 100}%` }}
              />
            ))}
        </div>
      ))}
    </div>
  );
}
