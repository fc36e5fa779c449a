import { useState } from 'preact/hooks';
import { Cost } from '../parts/cost.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { fallbackShareOf, type Order, type SortKey, sorted, type UserRow } from './user-rows.js';

/** More rows than this are for the search, or for the CSV. */
const SHOWN = 500;
/** Hidden where there is little room; the page of the user has them. */
const DETAILS: readonly SortKey[] = ['cache_creation_input_tokens', 'cache_read_input_tokens', 'fallbacks'];

export function UserTable({ rows }: { readonly rows: readonly UserRow[] }) {
  const { texts, format } = useSettings();
  const usd = format.usdColumn(rows.map(({ cost_usd }) => cost_usd));
  const [order, setOrder] = useState<Order>({ key: 'cost_usd', isDescending: true });
  const columns: readonly { readonly key: SortKey; readonly label: string; readonly title?: string }[] = [
    { key: 'user', label: texts.users.user },
    { key: 'requests', label: texts.users.requests },
    { key: 'fallbacks', label: texts.overview.fallbacks, title: texts.users.fallbacksHint },
    { key: 'input_tokens', label: texts.tokenKinds.input_tokens },
    { key: 'output_tokens', label: texts.tokenKinds.output_tokens },
    { key: 'cache_creation_input_tokens', label: texts.tokenKinds.cache_creation_input_tokens },
    { key: 'cache_read_input_tokens', label: texts.tokenKinds.cache_read_input_tokens },
    { key: 'cost_usd', label: texts.users.cost },
  ];
  const classOf = (key: SortKey) =>
    [
      key === 'user' ? '' : 'number',
      DETAILS.includes(key) ? 'wide-cell' : '',
      key.endsWith('put_tokens') ? 'middle-cell' : '',
    ]
      .filter(Boolean)
      .join(' ');
  return (
    <table class="rows">
      <thead>
        <tr>
          {columns.map(({ key, label, title }) => (
            <th
              key={key}
              scope="col"
              class={classOf(key)}
              aria-sort={key === order.key ? (order.isDescending ? 'descending' : 'ascending') : 'none'}
            >
              <button
                type="button"
                class="sort"
                title={title}
                onClick={() =>
                  setOrder({ key, isDescending: key === order.key ? !order.isDescending : key !== 'user' })
                }
              >
                {label}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted(rows, order)
          .slice(0, SHOWN)
          .map((row) => {
            const share = fallbackShareOf(row);
            return (
              <tr key={row.user}>
                <th scope="row">
                  <a class="stretch clip" href={hashOf('users', row.user)} title={row.user}>
                    {row.user}
                  </a>
                </th>
                <td class={classOf('requests')}>{format.integer(row.requests)}</td>
                <td class={classOf('fallbacks')}>{share === undefined ? texts.unit.none : format.percent(share)}</td>
                <td class={classOf('input_tokens')}>{format.integer(row.input_tokens)}</td>
                <td class={classOf('output_tokens')}>{format.integer(row.output_tokens)}</td>
                <td class={classOf('cache_creation_input_tokens')}>
                  {format.integer(row.cache_creation_input_tokens)}
                </td>
                <td class={classOf('cache_read_input_tokens')}>{format.integer(row.cache_read_input_tokens)}</td>
                <td class={classOf('cost_usd')}>
                  <Cost usd={row.cost_usd} unpriced={row.unpriced_requests} show={usd} />
                </td>
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}
