import type { TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

/** The list is not loaded for every letter. */
const TYPING_MS = 350;

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

export function TextFilter({ label, value = '', onChange, type = 'search', offers, hint, isWide }: TextFilterProps) {
  const [text, setText] = useState(value);
  const timer = useRef<number>(undefined);
  const hasChanged = useRef(false);
  // Another filter may have changed while one typed.
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const onInput = ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    const typed = currentTarget.value;
    setText(typed);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      latest.current(typed.trim(), hasChanged.current);
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
export function ChoiceFilter({ label, value = '', onChange, choices }: ChoiceFilterProps) {
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

export function MarkFilter({ label, value, onChange }: FieldProps) {
  const isOn = value === 'true';
  return (
    <button type="button" class="button is-toggle" aria-pressed={isOn} onClick={() => onChange(isOn ? '' : 'true')}>
      {label}
    </button>
  );
}
