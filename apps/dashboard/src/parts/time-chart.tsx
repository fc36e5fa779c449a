import type { Chart, ChartConfiguration } from 'chart.js';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';
import type { TimeChartProps } from './chart-series.js';
import { ChartTable } from './chart-table.js';

/** A chart over time, stacked where it has bars, with its legend and the same figures as a table. */
export function TimeChart(props: TimeChartProps) {
  const { isDark } = useSettings();
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart>(undefined);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const toggle = (label: string) => {
    const next = new Set(hidden);
    if (!next.delete(label)) next.add(label);
    setHidden(next);
  };

  const configuration = useRef<() => ChartConfiguration>(undefined);
  configuration.current = () => configurationOf(props, hidden);
  useEffect(() => {
    const element = canvas.current;
    let isGone = false;
    // Half of the page's code: it comes after the first sentence. Legend and table are there without it.
    import('./chart-library.js').then(
      ({ Chart }) => {
        if (!isGone && element?.isConnected) chart.current = new Chart(element, configuration.current!());
      },
      () => {},
    );
    return () => {
      isGone = true;
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [props.kind, isDark]);

  const draw = useRef(() => {});
  draw.current = () => {
    const current = chart.current;
    if (!current) return;
    const { data, options } = configurationOf(props, hidden);
    current.data = data;
    if (options) current.options = options;
    current.update('none');
  };
  useEffect(() => draw.current(), [props.labels, props.series, props.links, hidden]);
  useEffect(() => {
    // Paper has colors of its own, and its width.
    const media = window.matchMedia('print');
    const onChange = () => {
      chart.current?.resize();
      draw.current();
    };
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);

  return (
    <figure class="chart">
      <ul class="legend">
        {props.series.map(({ label, colour }) => (
          <li key={label}>
            <button type="button" aria-pressed={!hidden.has(label)} onClick={() => toggle(label)}>
              <i class="dot" style={{ background: `var(${colour})` }} aria-hidden="true" />
              {label}
            </button>
          </li>
        ))}
      </ul>
      <div class={props.links ? 'chart-canvas has-links' : 'chart-canvas'}>
        <canvas ref={canvas} role="img" aria-label={props.description} />
      </div>
      <ChartTable {...props} />
    </figure>
  );
}

function configurationOf(props: TimeChartProps, hidden: ReadonlySet<string>): ChartConfiguration {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const isStacked = props.kind === 'bar';
  const font = { family: style.fontFamily, size: 11 };
  return {
    type: props.kind,
    data: {
      labels: [...props.labels],
      datasets: props.series.map(({ label, colour: name, values }) => ({
        label,
        data: [...values],
        hidden: hidden.has(label),
        backgroundColor: colour(name),
        borderColor: colour(name),
        ...(isStacked ? BAR : LINE),
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      onClick: (_event, [element]) => {
        const link = element && props.links?.[element.index];
        if (link) location.hash = link;
      },
      scales: {
        x: {
          stacked: isStacked,
          grid: { display: false },
          border: { color: colour('--line') },
          ticks: { color: colour('--muted'), font, maxRotation: 0, autoSkipPadding: 20 },
        },
        y: {
          stacked: isStacked,
          beginAtZero: true,
          border: { display: false },
          grid: { color: colour('--line') },
          ticks: {
            color: colour('--muted'),
            font,
            maxTicksLimit: 5,
            ...(isStacked ? { precision: 0 } : {}),
            callback: (value) => props.showShort(Number(value)),
          },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: colour('--tooltip'),
          titleColor: colour('--tooltip-text'),
          bodyColor: colour('--tooltip-text'),
          padding: 10,
          boxPadding: 4,
          cornerRadius: 6,
          titleFont: { ...font, size: 12 },
          bodyFont: { ...font, size: 12 },
          filter: ({ raw }) => raw !== null && (!isStacked || raw !== 0),
          callbacks: {
            title: ([item]) => (item ? (props.titles[item.dataIndex] ?? '') : ''),
            label: ({ dataset, raw }) => ` ${dataset.label}: ${props.show(Number(raw))}`,
          },
        },
      },
    },
  };
}

const BAR = { borderWidth: 0, borderRadius: 1.5, categoryPercentage: 0.92, barPercentage: 0.92, maxBarThickness: 40 };
/** Straight between measured points, and no line where nothing was measured: a curve would show values that never were. */
const LINE = { borderWidth: 2, pointRadius: radiusOf, pointHitRadius: 12, tension: 0, spanGaps: false };

/** A point between two gaps has no line to be seen by. */
function radiusOf({
  dataset,
  dataIndex,
}: {
  readonly dataset: { readonly data: readonly unknown[] };
  readonly dataIndex: number;
}) {
  const { data } = dataset;
  return data[dataIndex - 1] == null && data[dataIndex + 1] == null ? 3 : 0;
}
