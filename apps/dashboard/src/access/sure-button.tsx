import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

interface SureButtonProps {
  readonly label: string;
  /** The object of the act, for screen readers. */
  readonly name: string;
  readonly question: string;
  readonly isDanger?: boolean;
  onSure(): void;
}

/** Asks for confirmation before an act that cannot be undone. */
export function SureButton({ label, name, question, isDanger = false, onSure }: SureButtonProps) {
  const { texts } = useSettings();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" class="button is-small" onClick={() => setAsking(true)}>
        {label}
        <span class="unseen"> {name}</span>
      </button>
    );
  }
  const act = () => {
    setAsking(false);
    onSure();
  };
  return (
    <fieldset class="sure">
      <legend>{question}</legend>
      <button
        type="button"
        class={`button is-small${isDanger ? ' is-danger' : ''}`}
        ref={(element) => element?.focus()}
        onClick={act}
      >
        {label}
      </button>
      <button type="button" class="button is-small is-quiet" onClick={() => setAsking(false)}>
        {texts.access.cancel}
      </button>
    </fieldset>
  );
}
