import { KEY_ROLES, type KeyRole, type NewKey } from '@claude-proxy/admin-api';
import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

/** A new key: a name, a user, and a team and role if it needs them. */
export function KeyForm({ onCreate }: { onCreate(order: NewKey): Promise<boolean> }) {
  const { texts } = useSettings();
  const { access } = texts;
  const [isBusy, setBusy] = useState(false);

  const create = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    setBusy(true);
    const team = text('team');
    const roles = [text('role') as KeyRole];
    const isDone = await onCreate({ name: text('name'), user: text('user'), roles, ...(team !== '' && { team }) });
    setBusy(false);
    if (isDone) form.reset();
  };
  return (
    <form class="bar" onSubmit={create}>
      <Field label={access.name} name="name" isRequired />
      <Field label={access.user} name="user" isRequired />
      <Field label={access.team} name="team" />
      <label class="field">
        <span>{access.roles}</span>
        <select name="role">
          {KEY_ROLES.map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {access.create}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly isRequired?: boolean;
}

function Field({ label, name, isRequired = false }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input type="text" name={name} required={isRequired} maxLength={128} autocomplete="off" spellcheck={false} />
    </label>
  );
}
