import type { SessionLine, SessionOrder } from '@claude-proxy/admin-api';
import { Cost } from '../parts/cost.js';
import { Moment } from '../parts/moment.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { cachedShareOf, promptTokensOf } from './session-figures.js';

interface SessionTableProps {
  readonly sessions: readonly SessionLine[];
  readonly sort: SessionOrder;
  onSort(order: SessionOrder): void;
}

const COLUMNS = [
  { text: 'last', sort: 'recent', class: 'middle-cell' },
  { text: 'requests', sort: 'requests', class: 'number middle-cell' },
  { text: 'tokens', sort: 'tokens', class: 'number wide-cell' },
  { text: 'cacheHits', sort: undefined, class: 'number wide-cell' },
  { text: 'cost', sort: 'cost', class: 'number' },
  { text: 'breaks', sort: 'breaks', class: 'number' },
  { text: 'lost', sort: 'lost', class: 'number middle-cell' },
] as const;

export function SessionTable({ sessions, sort, onSort }: SessionTableProps) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const usd = format.usdColumn(sessions.map(({ cost_usd }) => cost_usd));
  const usdLost = format.usdColumn(sessions.map(({ lost_usd }) => lost_usd));
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{words.session}</th>
          {COLUMNS.map((column) => (
            <th
              key={column.text}
              scope="col"
              class={column.class}
              {...(column.sort && { 'aria-sort': column.sort === sort ? 'descending' : 'none' })}
            >
              {column.sort ? (
                <button type="button" class="sort" onClick={() => onSort(column.sort)}>
                  {words[column.text]}
                </button>
              ) : (
                words[column.text]
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sessions.map((line) => {
          const share = cachedShareOf(line);
          return (
            <tr key={`${line.session} ${line.user}`}>
              <th scope="row">
                <a
                  class="stretch clip"
                  href={hashOf('sessions', line.session, { user: line.user })}
                  title={line.session}
                >
                  {line.session}
                </a>
                <span class="clip sub">{line.user}</span>
              </th>
              <td class="middle-cell">
                <Moment time={line.last_at} />
              </td>
              <td class="number middle-cell">{format.integer(line.requests)}</td>
              <td class="number wide-cell">{format.compact(promptTokensOf(line) + line.output_tokens)}</td>
              <td class="number wide-cell">{share === null ? texts.unit.none : format.percent(share)}</td>
              <td class="number">
                <Cost usd={line.cost_usd} unpriced={line.unpriced_requests} show={usd} />
              </td>
              <td class="number">{format.integer(line.cache_breaks)}</td>
              <td class="number middle-cell">{line.cache_breaks === 0 ? texts.unit.none : usdLost(line.lost_usd)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
