import type { Figures } from '@claude-proxy/admin-api';
import { Cost } from '../parts/cost.js';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { heaviestFirst } from './heaviest-first.js';

const SHOWN = 6;

/** Who used most, with a bar for the eye. */
export function TopUsers({ byUser }: { readonly byUser: Readonly<Record<string, Figures>> }) {
  const { texts, format } = useSettings();
  const rows = heaviestFirst(byUser).slice(0, SHOWN);
  const usd = format.usdColumn(rows.map(({ figures }) => figures.cost_usd));
  return (
    <table class="top-list">
      <TableHead
        columns={[
          [texts.users.user],
          [texts.overview.requests, 'number'],
          [texts.overview.tokens, 'number'],
          [texts.overview.cost, 'number'],
        ]}
      />
      <tbody>
        {rows.map(({ name, figures, weight }) => (
          <tr key={name}>
            <th scope="row">
              <a class="clip" href={hashOf('users', name)} title={name}>
                {name}
              </a>
              <i class="weight" style={{ width: `${weight * 100}%` }} aria-hidden="true" />
            </th>
            <td class="number">{format.compact(figures.requests)}</td>
            <td class="number" title={format.integer(figures.all_tokens)}>
              {format.compact(figures.all_tokens)}
            </td>
            <td class="number">
              <Cost usd={figures.cost_usd} unpriced={figures.unpriced_requests} show={usd} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
