import type { Figures, Percentiles } from '@claude-proxy/admin-api';
import { Cost } from '../parts/cost.js';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { heaviestFirst } from './heaviest-first.js';

const SHOWN = 12;
/** The gateway counts invalid names of models under this name. */
const OTHER_MODELS = 'other';

/** What each model was used for and cost, and how fast it answers. */
export function ModelTable({ byModel }: { readonly byModel: Readonly<Record<string, Figures>> }) {
  const { texts, format } = useSettings();
  const words = texts.overview;
  const rows = heaviestFirst(byModel).slice(0, SHOWN);
  const usd = format.usdColumn(rows.map(({ figures }) => figures.cost_usd));
  const time = (percentiles: Percentiles | null, key: keyof Percentiles) =>
    percentiles ? format.milliseconds(percentiles[key]) : texts.unit.none;
  return (
    <table class="rows">
      <TableHead
        columns={[
          [texts.users.model],
          [words.requests, 'number'],
          [words.tokens, 'number middle-cell'],
          [words.cost, 'number'],
          [`${words.firstByte} p50`, 'number middle-cell'],
          ['p95', 'number wide-cell'],
          ['p99', 'number widest-cell'],
          [`${texts.requests.total} p50`, 'number wide-cell'],
          ['p95', 'number widest-cell'],
          [words.tokensPerSecond, 'number middle-cell'],
        ]}
      />
      <tbody>
        {rows.map(({ name, figures, weight }) => (
          <tr key={name}>
            <th scope="row">
              <a
                class="clip"
                href={name === OTHER_MODELS ? undefined : hashOf('requests', undefined, { model: name })}
                title={name}
              >
                {name}
              </a>
              <i class="weight" style={{ width: `${weight * 100}%` }} aria-hidden="true" />
            </th>
            <td class="number">{format.compact(figures.requests)}</td>
            <td class="number middle-cell" title={format.integer(figures.all_tokens)}>
              {format.compact(figures.all_tokens)}
            </td>
            <td class="number">
              <Cost usd={figures.cost_usd} unpriced={figures.unpriced_requests} show={usd} />
            </td>
            <td class="number middle-cell">{time(figures.first_byte_ms, 'p50')}</td>
            <td class="number wide-cell">{time(figures.first_byte_ms, 'p95')}</td>
            <td class="number widest-cell">{time(figures.first_byte_ms, 'p99')}</td>
            <td class="number wide-cell">{time(figures.duration_ms, 'p50')}</td>
            <td class="number widest-cell">{time(figures.duration_ms, 'p95')}</td>
            <td class="number middle-cell">
              {figures.output_tokens_per_second === null
                ? texts.unit.none
                : format.integer(figures.output_tokens_per_second)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
