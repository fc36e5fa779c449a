import type { BudgetOrder } from '@claude-proxy/admin-api';
import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

const KINDS = ['day', 'week', 'month'] as const;

/** Caps in dollars. Caps in tokens are set by the API. */
export function BudgetForm({ onSet }: { onSet(scope: string, order: BudgetOrder): Promise<boolean> }) {
  const { texts } = useSettings();
  const { access } = texts;
  const [isBusy, setBusy] = useState(false);

  const set = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const caps = KINDS.flatMap((kind) => (given.get(kind) ? [[kind, Number(given.get(kind))] as const] : []));
    setBusy(true);
    const isDone = await onSet(String(given.get('scope')).trim(), { usd: Object.fromEntries(caps) });
    setBusy(false);
    if (isDone) form.reset();
  };
  return (
    <form class="bar" onSubmit={set}>
      <label class="field">
        <span>{access.scope}</span>
        <input type="text" name="scope" required placeholder="user:alice" title={access.scopeHint} spellcheck={false} />
      </label>
      {KINDS.map((kind) => (
        <label class="field is-short" key={kind}>
          <span>
            {access.dollars} {access.windows[kind]}
          </span>
          <input type="number" name={kind} min={0.01} step={0.01} />
        </label>
      ))}
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {access.set}
      </button>
    </form>
  );
}
