import type { ClientKey } from '@claude-proxy/admin-api';
import { Empty } from '../parts/load-state.js';
import { TableHead } from '../parts/table-head.js';
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
      <TableHead
        columns={[
          [access.name],
          [access.user],
          [access.team, 'wide-cell'],
          [access.roles, 'wide-cell'],
          [access.state, 'middle-cell'],
          [access.lastUsed, 'wide-cell'],
        ]}
        acts={acts && access.rotate}
      />
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
