import type { Budget } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { usePolled } from '../api/use-polled.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { useActing } from './acting.js';
import { BudgetForm } from './budget-form.js';
import { BudgetTable } from './budget-table.js';
import { Section } from './section.js';

const REFRESH_SECONDS = 20;

/** Caps, and what is spent of them. */
export function BudgetsSection() {
  const { texts } = useSettings();
  const { access } = texts;
  const mayAct = useMayAct();
  const budgets = usePolled('budgets', REFRESH_SECONDS, (client, signal) => client.budgets(signal));
  const [changed, setChanged] = useState<Budget>();
  const { message, act } = useActing(budgets.refresh);
  const acts = {
    change: setChanged,
    raise: (scope: string, usd: number, until: number) =>
      act(() => gateway.raiseBudget(scope, { usd, until }).then(() => access.raisedBy(scope))),
    remove: (scope: string) => void act(() => gateway.removeBudget(scope).then(() => undefined)),
  };
  return (
    <Section id="budgets" title={access.budgets} lead={access.budgetsLead} of={budgets} message={message}>
      {mayAct && (
        <BudgetForm
          key={changed?.scope}
          budget={changed}
          onSet={async (scope, order) => {
            const isDone = await act(() => gateway.setBudget(scope, order).then(() => access.isSet(scope)));
            if (isDone) setChanged(undefined);
            return isDone;
          }}
        />
      )}
      <Loaded of={budgets} lines={3}>
        {({ budgets: list }) =>
          list.length === 0 ? (
            <Empty title={access.noBudgets} />
          ) : (
            <BudgetTable budgets={list} {...(mayAct && { acts })} />
          )
        }
      </Loaded>
    </Section>
  );
}
