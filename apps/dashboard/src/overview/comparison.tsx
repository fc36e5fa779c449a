import type { Analytics, Figures } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { TableHead } from '../parts/table-head.js';
import { useSettings } from '../texts/settings.js';
import { type Narrowing, questionBefore } from './overview-question.js';

const REFRESH_SECONDS = 300;

interface ComparisonProps {
  readonly analytics: Analytics;
  readonly narrowing: Narrowing;
}

/** The figures of the time before, and how much they have changed. */
export function Comparison({ analytics, narrowing }: ComparisonProps) {
  const { texts, format } = useSettings();
  const words = texts.overview;
  const question = questionBefore(analytics, narrowing);
  const key = question && `before ${analytics.range} ${analytics.since} ${JSON.stringify(narrowing)}`;
  const before = usePolled(key ?? null, REFRESH_SECONDS, (gateway, signal) => gateway.figures(question!, signal));
  if (!question) return <p class="notice">{words.noBefore}</p>;
  if (!before.data) return null;
  const [now, then] = [analytics.totals, before.data.totals];
  const rows: readonly (readonly [string, (figures: Figures) => number | null, (value: number) => string])[] = [
    [words.requests, ({ requests }) => requests, format.integer],
    [words.errors, ({ errors }) => errors, format.integer],
    [words.fallbacks, ({ fallbacks }) => fallbacks, format.integer],
    [words.tokens, ({ all_tokens }) => all_tokens, format.compact],
    [words.cost, ({ cost_usd }) => cost_usd, format.usdColumn([now.cost_usd, then.cost_usd])],
    [words.firstByte, ({ first_byte_ms }) => first_byte_ms?.p50 ?? null, format.milliseconds],
  ];
  return (
    <section class="panel is-table" aria-labelledby="comparison">
      <h2 id="comparison">{words.comparison}</h2>
      <table class="rows">
        <TableHead
          columns={[[words.figure], [words.now, 'number'], [words.before, 'number'], [words.change, 'number']]}
        />
        <tbody>
          {rows.map(([label, readOf, show]) => {
            const [a, b] = [readOf(now), readOf(then)];
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class="number">{a === null ? texts.unit.none : show(a)}</td>
                <td class="number">{b === null ? texts.unit.none : show(b)}</td>
                <td class="number">{changeText(a, b, format.percent) ?? texts.unit.none}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Undefined where there is nothing to compare with. */
function changeText(now: number | null, before: number | null, percent: (share: number) => string): string | undefined {
  if (now === null || before === null || before === 0) return undefined;
  const change = now / before - 1;
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${percent(Math.abs(change))}`;
}
