import { ANALYTICS_RANGES } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { Segmented } from '../parts/segmented.js';
import { useUpstreamNames } from '../readiness.js';
import { ChoiceFilter, MarkFilter, TextFilter } from '../requests/filter-fields.js';
import { localOf, utcOfLocal } from '../requests/local-time.js';
import { pushQuery, type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { narrowingOf, OVERVIEW_FILTERS, rangeOf } from './overview-question.js';

const DAY_MS = 86_400_000;

interface FilterRowProps {
  readonly route: Route;
  readonly models: readonly string[];
}

/** What the figures below are of: any time, and any part of the requests. */
export function FilterRow({ route, models }: FilterRowProps) {
  const { texts, timeZone } = useSettings();
  const words = texts.overview;
  const { open: _open, ...query } = Object.fromEntries(route.query);
  const range = rangeOf(route.query);
  const narrowing = narrowingOf(route.query);
  const used = Object.keys(narrowing).length;
  // Open by itself where an address narrows the figures.
  const [choice, setOpen] = useState<boolean>();
  const isOpen = choice ?? used > 0;
  const change = (next: Readonly<Record<string, string>>, isTyping = false) => {
    const kept = Object.entries({ ...query, ...next }).filter(([, value]) => value !== '');
    (isTyping ? replaceQuery : pushQuery)(route, Object.fromEntries(kept));
  };
  const showRange = (next: typeof range) =>
    next === 'custom'
      ? change({ range: '', since: new Date(Date.now() - DAY_MS).toISOString() })
      : change({ range: next, since: '', until: '' });
  return (
    <>
      <Segmented
        legend={texts.range}
        value={range}
        choices={[...ANALYTICS_RANGES, 'custom' as const].map((each) => ({
          value: each,
          label: each === 'custom' ? words.custom : texts.ranges[each],
        }))}
        onChange={showRange}
      />
      <MarkFilter label={words.compare} value={query.compare} onChange={(value) => change({ compare: value })} />
      <button type="button" class="button is-quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {used === 0 ? texts.requests.filters : `${texts.requests.filters} (${used})`}
      </button>
      {(range === 'custom' || isOpen) && (
        <search class="filters overview-filters" aria-label={texts.requests.filters}>
          {range === 'custom' &&
            (['since', 'until'] as const).map((key) => (
              <TextFilter
                key={key}
                label={texts.requests[key]}
                value={localOf(query[key], timeZone)}
                onChange={(value, isTyping) => change({ [key]: utcOfLocal(value, timeZone) }, isTyping)}
                type="datetime-local"
              />
            ))}
          {isOpen &&
            OVERVIEW_FILTERS.map((name) =>
              name === 'upstream' ? (
                <UpstreamFilter
                  key={name}
                  value={narrowing.upstream}
                  onChange={(value) => change({ upstream: value })}
                />
              ) : (
                <TextFilter
                  key={name}
                  label={texts.requests[name]}
                  value={narrowing[name]}
                  onChange={(value, isTyping) => change({ [name]: value }, isTyping)}
                  {...(name === 'model' && { offers: models, hint: '*opus*' })}
                  {...(name === 'user' && { hint: 'alice, ali*, !ci' })}
                />
              ),
            )}
          {used > 0 && (
            <div class="filter-marks">
              <button
                type="button"
                class="button is-quiet"
                onClick={() => change(Object.fromEntries(OVERVIEW_FILTERS.map((name) => [name, ''])))}
              >
                {texts.requests.clear}
              </button>
            </div>
          )}
        </search>
      )}
    </>
  );
}

interface UpstreamFilterProps {
  readonly value: string | undefined;
  onChange(value: string): void;
}

function UpstreamFilter({ value, onChange }: UpstreamFilterProps) {
  const { texts } = useSettings();
  const names = useUpstreamNames();
  return (
    <ChoiceFilter
      label={texts.requests.upstream}
      value={value}
      onChange={onChange}
      choices={names.map((name) => [name, nameOfUpstream(name, texts)])}
    />
  );
}
