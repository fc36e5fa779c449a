import type { TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useUpstreamNames } from '../readiness.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { type Filter, isEmpty, OUTCOMES } from './filter.js';

/** The list is not loaded for every letter. */
const TYPING_MS = 350;

interface FilterBarProps {
  readonly filter: Filter;
  /** Offered while one types. */
  readonly models: readonly string[];
  readonly users: readonly string[];
  onChange(filter: Filter): void;
}

export function FilterBar({ filter, models, users, onChange }: FilterBarProps) {
  const { texts } = useSettings();
  const { requests } = texts;
  const upstreams = useUpstreamNames();
  const hasMore = Boolean(filter.status || filter.since || filter.until || filter.slow_ms);
  const [isOpen, setOpen] = useState(hasMore);
  const set = (key: keyof Filter) => (value: string) => onChange({ ...filter, [key]: value });
  return (
    <search class="filters" aria-label={requests.filters}>
      <TextFilter label={requests.user} value={filter.user} onChange={set('user')} offers={users} />
      <TextFilter label={requests.model} value={filter.model} onChange={set('model')} offers={models} />
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
      {isOpen && (
        <>
          <TextFilter label={requests.status} value={filter.status} onChange={set('status')} type="number" />
          <TextFilter label={requests.since} value={filter.since} onChange={set('since')} type="datetime-local" />
          <TextFilter label={requests.until} value={filter.until} onChange={set('until')} type="datetime-local" />
          <TextFilter label={requests.slow} value={filter.slow_ms} onChange={set('slow_ms')} type="number" />
        </>
      )}
      <div class="filter-marks">
        <MarkFilter label={requests.fallbacks} value={filter.fallbacks} onChange={set('fallbacks')} />
        <MarkFilter label={requests.errors} value={filter.errors} onChange={set('errors')} />
        <button type="button" class="button is-quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? requests.fewer : requests.more}
        </button>
        {!isEmpty(filter) && (
          <button type="button" class="button is-quiet" onClick={() => onChange({})}>
            {requests.clear}
          </button>
        )}
      </div>
    </search>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string | undefined;
  onChange(value: string): void;
}

interface TextFilterProps extends FieldProps {
  readonly type?: 'search' | 'number' | 'datetime-local';
  readonly offers?: readonly string[];
}

function TextFilter({ label, value = '', onChange, type = 'search', offers }: TextFilterProps) {
  const [text, setText] = useState(value);
  const timer = useRef<number>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onInput = ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    const typed = currentTarget.value;
    setText(typed);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onChange(typed.trim()), TYPING_MS);
  };
  const listId = offers ? `offers-${label}` : undefined;
  return (
    <label class="field">
      <span>{label}</span>
      <input type={type} value={text} onInput={onInput} min={type === 'number' ? 0 : undefined} list={listId} />
      {offers && (
        <datalist id={listId}>
          {offers.map((offer) => (
            <option key={offer} value={offer} />
          ))}
        </datalist>
      )}
    </label>
  );
}

interface ChoiceFilterProps extends FieldProps {
  readonly choices: readonly (readonly [value: string, label: string])[];
}

function ChoiceFilter({ label, value = '', onChange, choices }: ChoiceFilterProps) {
  const { texts } = useSettings();
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{texts.requests.any}</option>
        {choices.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function MarkFilter({ label, value, onChange }: FieldProps) {
  const isOn = value === 'true';
  return (
    <button type="button" class="button is-toggle" aria-pressed={isOn} onClick={() => onChange(isOn ? '' : 'true')}>
      {label}
    </button>
  );
}
