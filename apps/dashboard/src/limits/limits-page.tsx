import { useEffect, useRef } from 'preact/hooks';
import { useLive } from '../api/use-live.js';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Loaded } from '../parts/load-state.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { DrillForm } from './drill-form.js';
import { DrillRows } from './drill-rows.js';
import { FallbackPanel } from './fallback-panel.js';
import { HeadRoomPanel } from './head-room-panel.js';
import { LimitTable } from './limit-table.js';
import { PulsePanel } from './pulse-panel.js';

const REFRESH_SECONDS = 10;
/** Many limits may change at once; one look is enough for all of them. */
const GATHER_MS = 500;

/** What is limited, and how to try out what happens then. */
export function LimitsPage() {
  const { texts } = useSettings();
  const mayAct = useMayAct();
  const limits = usePolled('limits', REFRESH_SECONDS, (gateway, signal) => gateway.limits(signal));
  const drills = usePolled('drills', REFRESH_SECONDS, (gateway, signal) => gateway.drills(signal));
  const timers = useRef<{ limits?: number | undefined; drills?: number | undefined }>({});
  const soon = (kind: 'limits' | 'drills') => {
    timers.current[kind] ??= window.setTimeout(() => {
      timers.current[kind] = undefined;
      (kind === 'limits' ? limits : drills).refresh();
    }, GATHER_MS);
  };
  useLive((event) => {
    if (event.type === 'limits' || event.type === 'drills') soon(event.type);
    // The count of the drill has changed.
    else if (event.type === 'exchange' && event.request.is_drill) soon('drills');
  });
  useEffect(() => () => Object.values(timers.current).forEach(window.clearTimeout), []);
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.limits}</h1>
        <Freshness of={limits} />
      </header>
      {drills.data?.is_forced && (
        <p class="notice is-warning" role="status">
          {texts.limits.forced}
        </p>
      )}
      <section class="panel is-table" aria-labelledby="limits">
        <h2 id="limits">{texts.limits.limits}</h2>
        <p class="lead">{texts.limits.limitsLead}</p>
        <Loaded of={limits} lines={2}>
          {({ limits: list }) => (
            <LimitTable limits={list} asOf={limits.updatedAt ?? Date.now()} onChange={limits.refresh} />
          )}
        </Loaded>
      </section>
      <HeadRoomPanel />
      <div class="columns">
        <section class="panel" aria-labelledby="drills">
          <h2 id="drills">{texts.limits.drills}</h2>
          <p class="lead">{texts.limits.drillsLead}</p>
          {mayAct && <DrillForm onStarted={drills.refresh} />}
          <Loaded of={drills} lines={1}>
            {({ drills: list }) => (
              <DrillRows drills={list} asOf={drills.updatedAt ?? Date.now()} onChange={drills.refresh} />
            )}
          </Loaded>
        </section>
        <PulsePanel />
      </div>
      <FallbackPanel />
    </>
  );
}
