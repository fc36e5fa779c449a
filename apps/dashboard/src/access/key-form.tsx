import { KEY_ROLES, type KeyRole, type NewKey } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { ActionForm } from './action-form.js';

/** A new key: a name, a user, and a team and role if it needs them. */
export function KeyForm({ onCreate }: { onCreate(order: NewKey): Promise<boolean> }) {
  const { access } = useSettings().texts;
  return (
    <ActionForm
      submit={access.create}
      onSubmit={(text) =>
        onCreate({
          name: text('name'),
          user: text('user'),
          roles: [text('role') as KeyRole],
          ...(text('team') !== '' && { team: text('team') }),
        })
      }
    >
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
    </ActionForm>
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
      <input type="text" name={name} required={isRequired} maxLength={128} spellcheck={false} />
    </label>
  );
}
