import type { Team } from '@claude-proxy/admin-api';
import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

interface TeamFormProps {
  /** The team that is changed; undefined for a new one. */
  readonly team: Team | undefined;
  onSet(team: Team): Promise<boolean>;
}

/** A team and all of its users. */
export function TeamForm({ team, onSet }: TeamFormProps) {
  const { texts } = useSettings();
  const { access } = texts;
  const [isBusy, setBusy] = useState(false);

  const set = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const users = String(given.get('users'))
      .split(/[\s,]+/)
      .filter((user) => user !== '');
    setBusy(true);
    const isDone = await onSet({ name: String(given.get('team')).trim(), users });
    setBusy(false);
    if (isDone) form.reset();
  };
  return (
    <form class="bar" onSubmit={set}>
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
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {access.setTeam}
      </button>
    </form>
  );
}
