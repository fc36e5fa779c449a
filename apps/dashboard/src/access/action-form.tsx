import type { ComponentChildren, TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';

interface ActionFormProps {
  /** The label of the button. */
  readonly submit: string;
  readonly class?: string;
  readonly children: ComponentChildren;
  /** @returns whether it worked: then the fields are reset */
  onSubmit(text: (name: string) => string): Promise<boolean>;
}

/** A form that does one act of the admin API, and is busy until that has ended. */
export function ActionForm({ submit, class: look = 'bar', children, onSubmit }: ActionFormProps) {
  const [isBusy, setBusy] = useState(false);
  const act = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    setBusy(true);
    const isDone = await onSubmit((name) => String(given.get(name) ?? '').trim());
    setBusy(false);
    if (isDone) form.reset();
  };
  return (
    <form class={look} onSubmit={act} autocomplete="off">
      {children}
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {submit}
      </button>
    </form>
  );
}
