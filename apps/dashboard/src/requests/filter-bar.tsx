import { useState } from 'preact/hooks';
import { useUpstreamNames } from '../readiness.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { type Filter, FURTHER_KEYS, isEmpty, OUTCOMES } from './filter.js';
import { ChoiceFilter, MarkFilter, TextFilter } from './filter-fields.js';
import { localOf, utcOfLocal } from './local-time.js';

interface FilterBarProps {
  readonly filter: Filter;
  /** Offered while one types. */
  readonly models: readonly string[];
  readonly users: readonly string[];
  /** @param isTyping the change continues the one before it */
  onChange(filter: Filter, isTyping: boolean): void;
}

export function FilterBar({ filter, models, users, onChange }: FilterBarProps) {
  const { texts } = useSettings();
  const { requests } = texts;
  const upstreams = useUpstreamNames();
  // Open by itself where an address narrows by one of them.
  const [choice, setOpen] = useState<boolean>();
  const isOpen = choice ?? FURTHER_KEYS.some((key) => filter[key]);
  const set =
    (key: keyof Filter) =>
    (value: string, isTyping = false) =>
      onChange({ ...filter, [key]: value }, isTyping);
  return (
    <search class="filters" aria-label={requests.filters}>
      <TextFilter label={requests.search} value={filter.q} onChange={set('q')} hint={requests.searchHint} isWide />
      <TextFilter
        label={requests.user}
        value={filter.user}
        onChange={set('user')}
        offers={users}
        hint="alice, ali*, !ci"
      />
      <TextFilter label={requests.model} value={filter.model} onChange={set('model')} offers={models} hint="*opus*" />
      <ChoiceFilter
        label={requests.upstream}
        value={filter.upstream}
        onChange={set('upstream')}
        choices={upstreams.map((name) => [name, nameOfUpstream(name, texts)])}
      />
      <ChoiceFilter
        label={requests.outcome}
        value={filter.outcome}
        onChange={set('outcome')}
        choices={OUTCOMES.map((outcome) => [outcome, texts.outcomes[outcome]])}
      />
      {isOpen && <FurtherFilters filter={filter} set={set} />}
      <div class="filter-marks">
        <MarkFilter label={requests.fallbacks} value={filter.fallbacks} onChange={set('fallbacks')} />
        <MarkFilter label={requests.errors} value={filter.errors} onChange={set('errors')} />
        <button type="button" class="button is-quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? requests.fewer : requests.more}
        </button>
        {!isEmpty(filter) && (
          <button type="button" class="button is-quiet" onClick={() => onChange({}, false)}>
            {requests.clear}
          </button>
        )}
      </div>
    </search>
  );
}

interface FurtherProps {
  readonly filter: Filter;
  set(key: keyof Filter): (value: string, isTyping?: boolean) => void;
}

function FurtherFilters({ filter, set }: FurtherProps) {
  const { texts, timeZone } = useSettings();
  const { requests } = texts;
  return (
    <>
      <TextFilter label={requests.status} value={filter.status} onChange={set('status')} hint="429, 5xx, !200" />
      {(['session', 'team', 'key', 'account', 'reason'] as const).map((key) => (
        <TextFilter key={key} label={requests[key]} value={filter[key]} onChange={set(key)} />
      ))}
      {(['since', 'until'] as const).map((key) => (
        <TextFilter
          key={key}
          label={requests[key]}
          value={localOf(filter[key], timeZone)}
          onChange={(value, isTyping) => set(key)(utcOfLocal(value, timeZone), isTyping)}
          type="datetime-local"
        />
      ))}
      <TextFilter label={requests.slow} value={filter.slow_ms} onChange={set('slow_ms')} type="number" />
    </>
  );
}
