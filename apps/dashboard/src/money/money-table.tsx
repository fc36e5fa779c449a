import type { Money, MoneyDimension } from '@claude-proxy/admin-api';
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
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{words.dimensions[money.by]}</th>
          <th scope="col" class="number">
            {words.cost}
          </th>
          <th scope="col" class="number middle-cell">
            {words.share}
          </th>
          <th scope="col" class="number middle-cell">
            {texts.users.requests}
          </th>
          <th scope="col" class="number wide-cell">
            {words.ofFallbacks}
          </th>
          <th scope="col" class="number wide-cell">
            {words.hitShare}
          </th>
          <th scope="col" class="number">
            {words.saved}
          </th>
        </tr>
      </thead>
      <tbody>
        {money.names.slice(0, SHOWN).map((row) => (
          <tr key={row.name}>
            <th scope="row">
              <a class="clip" href={linkOf(money.by, row.name)} title={row.name}>
                {labelOf(money, row.name, texts)}
              </a>
            </th>
            <td class="number">
              {row.cost_usd === 0 && row.unpriced_requests > 0 ? unit.none : format.usd(row.cost_usd)}
            </td>
            <td class="number middle-cell">{share(row.cost_usd)}</td>
            <td class="number middle-cell">{format.integer(row.requests)}</td>
            <td class="number wide-cell">
              {row.fallback_cost_usd === 0 ? unit.none : format.usd(row.fallback_cost_usd)}
            </td>
            <td class="number wide-cell">
              {row.cache_hit_share === null ? unit.none : format.percent(row.cache_hit_share)}
            </td>
            <td class="number">{row.cache_saved_usd === 0 ? unit.none : format.usd(row.cache_saved_usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function linkOf(by: MoneyDimension, name: string): string {
  return by === 'user' ? hashOf('users', name) : hashOf('requests', undefined, { [by]: name, sort: 'cost' });
}
