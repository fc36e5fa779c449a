import { useState } from 'preact/hooks';
import { ActionForm } from '../access/action-form.js';
import { gateway } from '../api/gateway.js';
import { useSettings } from '../texts/settings.js';

const DEFAULT_PRIORITY = 100;
const MAX_PRIORITY = 1_000_000;

export function AccountForm({ onDone }: { onDone(message: string): void }) {
  const { texts } = useSettings();
  const words = texts.accounts;
  const [problem, setProblem] = useState('');
  const add = async (text: (name: string) => string) => {
    setProblem('');
    const name = text('account-name');
    try {
      const order = { name, key: text('account-key'), priority: Number(text('account-priority')) };
      const { same_organization: same } = await gateway.addAccount(order);
      const note = same.length > 0 ? ` ${words.sameOrganization(same.join(', '))}` : '';
      onDone(words.added(name) + note);
      return true;
    } catch (error) {
      setProblem(words.failed((error as Error).message));
      return false;
    }
  };
  return (
    <ActionForm class="account-form" submit={words.addNow} onSubmit={add}>
      <label class="field">
        <span>{words.name}</span>
        <input type="text" name="account-name" required maxLength={64} pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*" />
      </label>
      <label class="field">
        <span>{words.key}</span>
        <input type="password" name="account-key" required maxLength={512} autocomplete="off" />
      </label>
      <label class="field is-short">
        <span>{words.priority}</span>
        <input
          type="number"
          name="account-priority"
          required
          min={0}
          max={MAX_PRIORITY}
          defaultValue={DEFAULT_PRIORITY}
        />
      </label>
      <p class="problem" role="alert">
        {problem}
      </p>
    </ActionForm>
  );
}
