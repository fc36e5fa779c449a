import type { TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useUpstreamNames } from '../readiness.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { type Filter, FURTHER_KEYS, isEmpty, OUTCOMES } from './filter.js';
import { localOf, utcOfLocal } from './local-time.js';

/** The list is not loaded for every letter. */
const TYPING_MS = 350;

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
  const [isOpen, setOpen] = useState(FURTHER_KEYS.some((key) => filter[key]));
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
  const { requests } = useSettings().texts;
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
          value={localOf(filter[key])}
          onChange={(value, isTyping) => set(key)(utcOfLocal(value), isTyping)}
          type="datetime-local"
        />
      ))}
      <TextFilter label={requests.slow} value={filter.slow_ms} onChange={set('slow_ms')} type="number" />
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string | undefined;
  onChange(value: string, isTyping?: boolean): void;
}

interface TextFilterProps extends FieldProps {
  readonly type?: 'search' | 'number' | 'datetime-local';
  readonly offers?: readonly string[];
  /** Shown while the field is empty. */
  readonly hint?: string;
  readonly isWide?: boolean;
}

function TextFilter({ label, value = '', onChange, type = 'search', offers, hint, isWide }: TextFilterProps) {
  const [text, setText] = useState(value);
  const timer = useRef<number>(undefined);
  const hasChanged = useRef(false);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onInput = ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    const typed = currentTarget.value;
    setText(typed);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      onChange(typed.trim(), hasChanged.current);
      hasChanged.current = true;
    }, TYPING_MS);
  };
  const listId = offers ? `offers-${label}` : undefined;
  return (
    <label class={isWide ? 'field is-wide' : 'field'}>
      <span>{label}</span>
      <input
        type={type}
        value={text}
        onInput={onInput}
        onFocus={() => {
          hasChanged.current = false;
        }}
        min={type === 'number' ? 0 : undefined}
        list={listId}
        placeholder={hint}
        spellcheck={false}
        autocomplete="off"
      />
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

/** One value, or all but one. An address may hold a list, which is shown as it is. */
function ChoiceFilter({ label, value = '', onChange, choices }: ChoiceFilterProps) {
  const { requests } = useSettings().texts;
  const all = [...choices, ...choices.map(([each, name]) => [`!${each}`, requests.not(name)] as const)];
  const isListed = value === '' || all.some(([each]) => each === value);
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{requests.any}</option>
        {!isListed && <option value={value}>{value}</option>}
        {all.map(([each, name]) => (
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
