import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { useSettings } from '../texts/settings.js';

const DEFAULT_PRIORITY = 100;
const MAX_PRIORITY = 1_000_000;

export function AccountForm({ onDone }: { onDone(message: string): void }) {
  const { texts } = useSettings();
  const words = texts.accounts;
  const [name, setName] = useState('');
  const [key, setKey] = useState('');
  const [priority, setPriority] = useState(DEFAULT_PRIORITY);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const add = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setProblem('');
    try {
      const { same_organization: same } = await gateway.addAccount({ name, key, priority });
      const note = same.length > 0 ? ` ${words.sameOrganization(same.join(', '))}` : '';
      onDone(words.added(name) + note);
      setName('');
    } catch (error) {
      setProblem(words.failed((error as Error).message));
    } finally {
      setKey('');
      setBusy(false);
    }
  };
  return (
    <form class="account-form" onSubmit={add} autocomplete="off">
      <label class="field">
        <span>{words.name}</span>
        <input
          type="text"
          name="account-name"
          required
          maxLength={64}
          pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value.trim())}
        />
      </label>
      <label class="field">
        <span>{words.key}</span>
        <input
          type="password"
          name="account-key"
          required
          maxLength={512}
          autocomplete="off"
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value.trim())}
        />
      </label>
      <label class="field is-short">
        <span>{words.priority}</span>
        <input
          type="number"
          name="account-priority"
          required
          min={0}
          max={MAX_PRIORITY}
          value={priority}
          onInput={({ currentTarget }) => setPriority(currentTarget.valueAsNumber)}
        />
      </label>
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {words.addNow}
      </button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
