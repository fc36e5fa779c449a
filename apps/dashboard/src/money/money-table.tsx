import type { Money, MoneyDimension } from '@claude-proxy/admin-api';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { labelOf } from './money-chart.js';

/** More rows than this are for the CSV. */
const SHOWN = 200;

interface MoneyTableProps {
  readonly money: Money;
}

/** What each name has cost, and what caches have saved for it. */
export function MoneyTable({ money }: MoneyTableProps) {
  const { texts, format } = useSettings();
  const { unit, money: words } = texts;
  const share = (part: number) =>
    money.totals.cost_usd === 0 ? unit.none : format.percent(part / money.totals.cost_usd);
  const rows = money.names.slice(0, SHOWN);
  const usd = format.usdColumn(rows.map(({ cost_usd }) => cost_usd));
  const usdOfFallbacks = format.usdColumn(rows.map(({ fallback_cost_usd }) => fallback_cost_usd));
  const usdSaved = format.usdColumn(rows.map(({ cache_saved_usd }) => cache_saved_usd));
  return (
    <table class="rows">
      <TableHead
        columns={[
          [words.dimensions[money.by]],
          [words.cost, 'number'],
          [words.share, 'number middle-cell'],
          [texts.users.requests, 'number middle-cell'],
          [words.ofFallbacks, 'number wide-cell'],
          [words.hitShare, 'number wide-cell'],
          [words.saved, 'number'],
        ]}
      />
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              <a class="clip" href={linkOf(money.by, row.name)} title={row.name}>
                {labelOf(money, row.name, texts)}
              </a>
            </th>
            <td class="number">{row.cost_usd === 0 && row.unpriced_requests > 0 ? unit.none : usd(row.cost_usd)}</td>
            <td class="number middle-cell">{share(row.cost_usd)}</td>
            <td class="number middle-cell">{format.integer(row.requests)}</td>
            <td class="number wide-cell">
              {row.fallback_cost_usd === 0 ? unit.none : usdOfFallbacks(row.fallback_cost_usd)}
            </td>
            <td class="number wide-cell">
              {row.cache_hit_share === null ? unit.none : format.percent(row.cache_hit_share)}
            </td>
            <td class="number">{row.cache_saved_usd === 0 ? unit.none : usdSaved(row.cache_saved_usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function linkOf(by: MoneyDimension, name: string): string {
  return by === 'user' ? hashOf('users', name) : hashOf('requests', undefined, { [by]: name, sort: 'cost' });
}
