import type { Budget, BudgetWindowState } from '@claude-proxy/admin-api';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { useSettings } from '../texts/settings.js';
import { RaiseButton } from './raise-button.js';
import { SureButton } from './sure-button.js';

/** The scope of `FALLBACK_BUDGET_USD_PER_DAY`. */
const SET_BY_SETTING = 'bedrock';

interface BudgetTableProps {
  readonly budgets: readonly Budget[];
  /** Undefined for those who only look. */
  readonly acts?: {
    change(budget: Budget): void;
    raise(scope: string, usd: number, until: number): Promise<boolean>;
    remove(scope: string): void;
  };
}

/** Caps, what is spent of them, and when they renew. */
export function BudgetTable({ budgets, acts }: BudgetTableProps) {
  const { texts, format } = useSettings();
  const { access } = texts;
  return (
    <table class="rows">
      <TableHead
        columns={[[access.scope], [access.spent], [access.renews, 'wide-cell']]}
        acts={acts && access.remove}
      />
      <tbody>
        {budgets.map((budget) => (
          <tr key={budget.scope}>
            <th scope="row">
              <span class="clip" title={budget.scope}>
                {budget.scope}
              </span>
              {budget.raise && <span class="tag">{access.raisedUntil(format.clock(budget.raise.until))}</span>}
              {budget.bedrock_only && <span class="tag">Bedrock</span>}
              {budget.on_store_loss && (
                <span class="tag">
                  {access.onStoreLoss}: {access.losses[budget.on_store_loss]}
                </span>
              )}
              {budget.when_over?.startsWith('cheaper:') && <span class="tag">{budget.when_over}</span>}
            </th>
            <td>
              {budget.windows.length === 0 ? (
                <Caps budget={budget} />
              ) : (
                budget.windows.map((state) => <Spent key={`${state.unit} ${state.window}`} state={state} />)
              )}
            </td>
            <td class="wide-cell">
              {budget.windows.map(({ unit, window, renews_at }) => (
                <div key={`${unit} ${window}`}>
                  <Moment time={renews_at} isLong />
                </div>
              ))}
            </td>
            {acts && <td class="row-end">{budget.scope !== SET_BY_SETTING && <Acts budget={budget} acts={acts} />}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Acts({ budget, acts }: { readonly budget: Budget; readonly acts: NonNullable<BudgetTableProps['acts']> }) {
  const { texts } = useSettings();
  const { access } = texts;
  const { scope } = budget;
  const hasDollars = Object.keys(budget.usd).length > 0;
  return (
    <div class="actions">
      <button type="button" class="button is-small" onClick={() => acts.change(budget)}>
        {access.change}
        <span class="unseen"> {scope}</span>
      </button>
      {hasDollars && <RaiseButton scope={scope} onRaise={(usd, until) => acts.raise(scope, usd, until)} />}
      <SureButton
        label={access.remove}
        name={scope}
        question={access.removeSure(scope)}
        isDanger
        onSure={() => acts.remove(scope)}
      />
    </div>
  );
}

function Spent({ state: { unit, window, cap, spent } }: { readonly state: BudgetWindowState }) {
  const { texts, format } = useSettings();
  const amount = (value: number) =>
    unit === 'usd' ? format.usdColumn([spent, cap])(value) : texts.access.tokens(format.compact(value));
  return (
    <div class="budget-share">
      <meter min={0} max={cap} high={cap * 0.75} optimum={0} value={Math.min(spent, cap)} aria-hidden="true" />
      <span>
        {amount(spent)} / {amount(cap)} {texts.access.windows[window]}
      </span>
    </div>
  );
}

/** A budget for each of a kind has no spending of its own. */
function Caps({ budget: { usd, tokens } }: { readonly budget: Budget }) {
  const { texts, format } = useSettings();
  const { windows, tokens: tokenText } = texts.access;
  const kinds = ['day', 'week', 'month'] as const;
  const parts = kinds.flatMap((kind) => [
    ...(usd[kind] === undefined ? [] : [`${format.usd(usd[kind])} ${windows[kind]}`]),
    ...(tokens[kind] === undefined ? [] : [`${tokenText(format.compact(tokens[kind]))} ${windows[kind]}`]),
  ]);
  return <span class="muted">{parts.join(' · ')}</span>;
}
