import type { Account } from '@claude-proxy/admin-api';
import { Empty } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { AccountActions } from './account-actions.js';
import { Room } from './room.js';

interface AccountTableProps {
  readonly accounts: readonly Account[];
  onDone(message: string): void;
}

export function AccountTable({ accounts, onDone }: AccountTableProps) {
  const { texts, format } = useSettings();
  const words = texts.accounts;
  const mayAct = useMayAct();
  if (accounts.length === 0) {
    return (
      <Empty title={words.none}>
        <p>{words.noneHint}</p>
      </Empty>
    );
  }
  const usd = format.usdColumn(accounts.map(({ cost_usd }) => cost_usd));
  return (
    <table class="rows">
      <TableHead
        columns={[
          [words.account],
          [words.state],
          [words.room, 'wide-cell'],
          [words.sessions, 'number middle-cell'],
          [words.requests, 'number middle-cell'],
          [words.cacheHits, 'number middle-cell'],
          [words.cost, 'number middle-cell'],
        ]}
        acts={mayAct && words.actions}
      />
      <tbody>
        {accounts.map((account) => (
          <tr key={account.id}>
            <th scope="row">
              <span class="clip">{account.name}</span>
              <span class="clip sub" title={words.owners}>
                {account.organization ?? words.unknownOwner}
                {account.workspace !== null && ` / ${account.workspace}`}
              </span>
            </th>
            <td>
              <State account={account} />
            </td>
            <td class="wide-cell">
              <Room account={account} />
            </td>
            <td class="number middle-cell">{format.integer(account.sessions)}</td>
            <td class="number middle-cell">{format.integer(account.requests)}</td>
            <td class="number middle-cell">
              {account.cache_hit_share === null ? texts.unit.none : format.percent(account.cache_hit_share)}
            </td>
            <td class="number middle-cell">{usd(account.cost_usd)}</td>
            {mayAct && (
              <td class="row-end">
                <AccountActions account={account} onDone={onDone} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** An account that passes its limit by itself needs no one to act. */
const LOOKS: Readonly<Record<string, string>> = {
  ready: 'is-well',
  paused: 'is-muted',
  draining: 'is-muted',
};

function State({ account: { state, state_reason, state_until } }: { readonly account: Account }) {
  const { texts } = useSettings();
  const { states, until } = texts.accounts;
  return (
    <>
      <span class={`status ${LOOKS[state] ?? 'is-trouble'}`}>{states[state] ?? state}</span>
      {state_reason !== null && state !== 'paused' && state !== 'draining' && (
        <span class="clip sub">{state_reason}</span>
      )}
      {state_until !== null && (
        <span class="sub">
          {until} <Moment time={state_until} isLong={state_until - Date.now() > 86_400_000} />
        </span>
      )}
    </>
  );
}
