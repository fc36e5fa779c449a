import { useGatewayState } from '../api/gateway-state.js';
import { Freshness } from '../parts/freshness.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { shownVerdict } from './shown-verdict.js';

/** One big plain sentence: is it well right now. */
export function VerdictPanel() {
  const { texts, format } = useSettings();
  const state = useGatewayState();
  if (!state) return null;
  const { mood, headline, note, mend } = shownVerdict(state, texts, format);
  const isErrors = state.verdict?.code === 'errors' && mood === 'trouble' && mend !== null;
  return (
    <section class={`verdict is-${mood}`} aria-live="polite" aria-atomic="true">
      <MoodSign mood={mood} />
      <div>
        <p class="verdict-headline">{headline}</p>
        {note && <p class="verdict-note">{note}</p>}
        {mend && (
          <p class="verdict-note">
            <strong>{texts.verdict.words.mend}</strong>{' '}
            {isErrors ? <a href={hashOf('requests', undefined, { errors: 'true' })}>{mend}</a> : mend}
          </p>
        )}
        {state.polled.error && <Freshness of={state.polled} />}
      </div>
    </section>
  );
}

function MoodSign({ mood }: { readonly mood: string }) {
  return (
    <svg class="mood" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <circle cx="20" cy="20" r="19" />
      {mood === 'well' && <path d="M12.5 20.500l5.5 5.5 10-12" />}
      {mood === 'warning' && <path d="M20 11v11M20 27.500v.5" />}
      {mood === 'trouble' && <path d="M13.500 13.500l13 13M26.500 13.500l-13 13" />}
      {mood === 'waiting' && <path d="M13 20h.01M20 20h.01M27 20h.01" />}
    </svg>
  );
}
