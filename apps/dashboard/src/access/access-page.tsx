import type { CreatedKey } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { urlOf } from '../api/gateway-address.js';
import { usePolled } from '../api/use-polled.js';
import { Copyable } from '../parts/copyable.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { useSettings } from '../texts/settings.js';
import { BudgetForm } from './budget-form.js';
import { BudgetTable } from './budget-table.js';
import { KeyForm } from './key-form.js';
import { KeyTable } from './key-table.js';

const REFRESH_SECONDS = 20;
const OVERLAP_SECONDS = 24 * 60 * 60;

/** Who may call, and what each caller may spend. */
export function AccessPage() {
  const { texts } = useSettings();
  const { access } = texts;
  const keys = usePolled('keys', REFRESH_SECONDS, (client, signal) => client.keys(signal));
  const budgets = usePolled('budgets', REFRESH_SECONDS, (client, signal) => client.budgets(signal));
  const [created, setCreated] = useState<CreatedKey>();
  const [message, setMessage] = useState('');

  /** @returns whether it worked */
  const act = async (work: () => Promise<string>): Promise<boolean> => {
    try {
      setMessage(await work());
      return true;
    } catch (error) {
      setMessage(access.failed((error as Error).message));
      return false;
    } finally {
      keys.refresh();
      budgets.refresh();
    }
  };
  const show = (work: Promise<CreatedKey>) =>
    act(async () => {
      setCreated(await work);
      return '';
    });
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.access}</h1>
        <Freshness of={keys} />
      </header>
      <p class={message ? 'notice' : 'unseen'} role="status">
        {message}
      </p>
      {created && <Copyable title={access.created(created.id)} text={created.key} />}
      <section class="panel is-table" aria-labelledby="keys">
        <h2 id="keys">{access.keys}</h2>
        <p class="lead">{access.keysLead}</p>
        <KeyForm onCreate={(order) => show(gateway.createKey(order))} />
        <Loaded of={keys} lines={4}>
          {({ keys: list }) => (
            <KeyTable
              keys={list}
              acts={{
                rotate: (id) => void show(gateway.rotateKey(id, OVERLAP_SECONDS)),
                revoke: (id) => void act(() => gateway.revokeKey(id).then(() => access.revoked(id))),
              }}
            />
          )}
        </Loaded>
      </section>
      <section class="panel is-table" aria-labelledby="budgets">
        <h2 id="budgets">{access.budgets}</h2>
        <p class="lead">{access.budgetsLead}</p>
        <BudgetForm onSet={(scope, order) => act(() => gateway.setBudget(scope, order).then(() => ''))} />
        <Loaded of={budgets} lines={3}>
          {({ budgets: list }) =>
            list.length === 0 ? (
              <Empty title={access.noBudgets} />
            ) : (
              <BudgetTable
                budgets={list}
                onRemove={(scope) => void act(() => gateway.removeBudget(scope).then(() => ''))}
              />
            )
          }
        </Loaded>
        <p class="panel-foot">
          <a href={urlOf('api/budgets/statement?format=csv').href}>{access.statement}</a>
        </p>
      </section>
    </>
  );
}
