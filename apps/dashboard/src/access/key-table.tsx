import type { ClientKey } from '@claude-proxy/admin-api';
import { Empty } from '../parts/load-state.js';
import { useSettings } from '../texts/settings.js';
import { SureButton } from './sure-button.js';

interface KeyTableProps {
  readonly keys: readonly ClientKey[];
  /** Undefined for those who only look. */
  readonly acts?: {
    rotate?(id: string): void;
    revoke(id: string): void;
  };
}

/** Keys by their public ids. Their secrets are nowhere. */
export function KeyTable({ keys, acts }: KeyTableProps) {
  const { texts, format } = useSettings();
  const { access } = texts;
  if (keys.length === 0) return <Empty title={access.noKeys} />;
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{access.name}</th>
          <th scope="col">{access.user}</th>
          <th scope="col" class="wide-cell">
            {access.team}
          </th>
          <th scope="col" class="wide-cell">
            {access.roles}
          </th>
          <th scope="col" class="middle-cell">
            {access.state}
          </th>
          <th scope="col" class="wide-cell">
            {access.lastUsed}
          </th>
          {acts && (
            <th scope="col">
              <span class="unseen">{access.rotate}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {keys.map(({ id, name, user, team, roles, state, last_used_day }) => (
          <tr key={id}>
            <th scope="row">
              <span class="clip" title={name}>
                {name}
              </span>
              <code class="sub">{id}</code>
            </th>
            <td>
              <span class="clip">{user}</span>
            </td>
            <td class="wide-cell">{team ?? ''}</td>
            <td class="wide-cell">{roles.join(', ')}</td>
            <td class="middle-cell">{access.states[state]}</td>
            <td class="wide-cell">{last_used_day === null ? access.never : format.day(last_used_day)}</td>
            {acts && (
              <td class="row-end">
                {state !== 'revoked' && (
                  <div class="actions">
                    {acts.rotate && (
                      <SureButton
                        label={access.rotate}
                        name={id}
                        question={access.rotateSure(id)}
                        onSure={() => acts.rotate?.(id)}
                      />
                    )}
                    <SureButton
                      label={access.revoke}
                      name={id}
                      question={access.revokeSure(id)}
                      isDanger
                      onSure={() => acts.revoke(id)}
                    />
                  </div>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
