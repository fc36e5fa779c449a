import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';
import type { TimeChartProps } from './chart-series.js';

type ChartTableProps = Pick<TimeChartProps, 'titles' | 'series' | 'show' | 'description' | 'links'>;

/** The figures of a chart as a table, for screen readers and for reading. Made only when it is opened. */
export function ChartTable({ titles, series, show, description, links }: ChartTableProps) {
  const { texts } = useSettings();
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{texts.overview.asTable}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class="scroll" tabIndex={0} aria-label={description}>
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.overview.time}</th>
                {series.map(({ label }) => (
                  <th scope="col" class="number" key={label}>
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {titles.map((title, index) => (
                <tr key={title}>
                  <th scope="row">{links?.[index] ? <a href={links[index]}>{title}</a> : title}</th>
                  {series.map(({ label, values }) => (
                    <td class="number" key={label}>
                      {values[index] == null ? texts.unit.none : show(values[index])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
