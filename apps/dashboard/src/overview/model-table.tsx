import type { Figures, Percentiles } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';

const SHOWN = 12;

/** How fast each model answers. */
export function ModelTable({ byModel }: { readonly byModel: Readonly<Record<string, Figures>> }) {
  const { texts, format } = useSettings();
  const words = texts.overview;
  const rows = Object.entries(byModel).filter(([, { duration_ms }]) => duration_ms !== null);
  const time = (percentiles: Percentiles | null, key: keyof Percentiles) =>
    percentiles ? format.milliseconds(percentiles[key]) : texts.unit.none;
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{texts.users.model}</th>
          <th scope="col" class="number">
            {words.firstByte} p50
          </th>
          <th scope="col" class="number middle-cell">
            p95
          </th>
          <th scope="col" class="number middle-cell">
            p99
          </th>
          <th scope="col" class="number wide-cell">
            {texts.requests.total} p50
          </th>
          <th scope="col" class="number wide-cell">
            p95
          </th>
          <th scope="col" class="number">
            {words.tokensPerSecond}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, SHOWN).map(([name, { first_byte_ms, duration_ms, output_tokens_per_second }]) => (
          <tr key={name}>
            <th scope="row">
              <span class="clip" title={name}>
                {name}
              </span>
            </th>
            <td class="number">{time(first_byte_ms, 'p50')}</td>
            <td class="number middle-cell">{time(first_byte_ms, 'p95')}</td>
            <td class="number middle-cell">{time(first_byte_ms, 'p99')}</td>
            <td class="number wide-cell">{time(duration_ms, 'p50')}</td>
            <td class="number wide-cell">{time(duration_ms, 'p95')}</td>
            <td class="number">
              {output_tokens_per_second === null ? texts.unit.none : format.integer(output_tokens_per_second)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
