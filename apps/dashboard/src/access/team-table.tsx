import { TableHead } from '../parts/table-head.js';
import { useSettings } from '../texts/settings.js';
import { SureButton } from './sure-button.js';
import type { TeamRow } from './team-rows.js';

const SHOWN_USERS = 8;

interface TeamTableProps {
  readonly rows: readonly TeamRow[];
  /** Undefined for those who only look. */
  readonly acts?: {
    change(name: string): void;
    remove(name: string): void;
  };
}

/** Teams with their users, and what they have used in the month. */
export function TeamTable({ rows, acts }: TeamTableProps) {
  const { texts, format } = useSettings();
  const { access } = texts;
  const usd = format.usdColumn(rows.map(({ line }) => line?.usd ?? 0));
  return (
    <table class="rows">
      <TableHead
        columns={[
          [access.team],
          [access.members, 'wide-cell'],
          [access.cost, 'number'],
          [access.tokenCap, 'number middle-cell'],
          [access.requests, 'number middle-cell'],
        ]}
        acts={acts && access.change}
      />
      <tbody>
        {rows.map(({ name, users, isKept, line }) => (
          <tr key={name}>
            <th scope="row">
              <span class="clip" title={name}>
                {name}
              </span>
            </th>
            <td class="wide-cell">
              <span class="clip" title={users.join(', ')}>
                {users.slice(0, SHOWN_USERS).join(', ')}
                {users.length > SHOWN_USERS && ` +${format.integer(users.length - SHOWN_USERS)}`}
              </span>
            </td>
            <td class="number">{usd(line?.usd ?? 0)}</td>
            <td class="number middle-cell">{format.compact(line?.tokens ?? 0)}</td>
            <td class="number middle-cell">{format.integer(line?.requests ?? 0)}</td>
            {acts && (
              <td class="row-end">
                {isKept && (
                  <div class="actions">
                    <button type="button" class="button is-small" onClick={() => acts.change(name)}>
                      {access.change}
                      <span class="unseen"> {name}</span>
                    </button>
                    <SureButton
                      label={access.remove}
                      name={name}
                      question={access.removeTeamSure(name)}
                      isDanger
                      onSure={() => acts.remove(name)}
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
