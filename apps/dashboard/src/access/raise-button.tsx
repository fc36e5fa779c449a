import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

const HOUR_MS = 60 * 60 * 1_000;
const HOURS = [1, 4, 24, 168] as const;

interface RaiseButtonProps {
  readonly scope: string;
  onRaise(usd: number, until: number): Promise<boolean>;
}

/** More dollars for some hours. The raise ends by itself. */
export function RaiseButton({ scope, onRaise }: RaiseButtonProps) {
  const { texts, format } = useSettings();
  const { access } = texts;
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <button type="button" class="button is-small" onClick={() => setOpen(true)}>
        {access.raise}
        <span class="unseen"> {scope}</span>
      </button>
    );
  }
  const raise = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const until = Date.now() + Number(given.get('hours')) * HOUR_MS;
    if (await onRaise(Number(given.get('usd')), until)) setOpen(false);
  };
  return (
    <form class="sure" onSubmit={raise}>
      <label class="field is-short">
        <span>{access.raiseDollars}</span>
        <input type="number" name="usd" required min={0.01} step={0.01} ref={(element) => element?.focus()} />
      </label>
      <label class="field is-short">
        <span>{access.raiseFor}</span>
        <select name="hours">
          {HOURS.map((hours) => (
            <option key={hours} value={hours}>
              {format.span(hours * 3_600)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button is-small is-primary">
        {access.raise}
      </button>
      <button type="button" class="button is-small is-quiet" onClick={() => setOpen(false)}>
        {access.cancel}
      </button>
    </form>
  );
}
