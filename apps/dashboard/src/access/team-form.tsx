import type { Team } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { ActionForm } from './action-form.js';

interface TeamFormProps {
  /** The team that is changed; undefined for a new one. */
  readonly team: Team | undefined;
  onSet(team: Team): Promise<boolean>;
}

/** A team and all of its users. */
export function TeamForm({ team, onSet }: TeamFormProps) {
  const { access } = useSettings().texts;
  return (
    <ActionForm
      submit={access.setTeam}
      onSubmit={(text) =>
        onSet({
          name: text('team'),
          users: text('users')
            .split(/[\s,]+/)
            .filter(Boolean),
        })
      }
    >
      <label class="field">
        <span>{access.team}</span>
        <input
          type="text"
          name="team"
          required
          maxLength={60}
          spellcheck={false}
          defaultValue={team?.name}
          readOnly={team !== undefined}
        />
      </label>
      <label class="field is-wide">
        <span>{access.members}</span>
        <input
          type="text"
          name="users"
          placeholder="alice, bob"
          spellcheck={false}
          defaultValue={team?.users.join(', ')}
        />
      </label>
    </ActionForm>
  );
}
