import type { Figures } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { allTokensOf, costText } from './figure-cards.js';

const SHOWN = 6;

interface TopListProps {
  readonly figures: Readonly<Record<string, Figures>>;
  readonly label: string;
  /** Undefined where there is nothing to see behind a name. */
  linkOf(name: string): string | undefined;
}

/** Who used most, with a bar for the eye. Ordered by cost, and by tokens where nothing has a price. */
export function TopList({ figures, label, linkOf }: TopListProps) {
  const { texts, format } = useSettings();
  const rows = Object.entries(figures)
    .sort(([, a], [, b]) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || allTokensOf(b) - allTokensOf(a))
    .slice(0, SHOWN);
  const weightOf = (each: Figures) => (rows[0]?.[1].cost_usd ? (each.cost_usd ?? 0) : allTokensOf(each));
  const heaviest = Math.max(1e-9, ...rows.map(([, each]) => weightOf(each)));
  return (
    <table class="top-list">
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col" class="number">
            {texts.overview.requests}
          </th>
          <th scope="col" class="number">
            {texts.overview.tokens}
          </th>
          <th scope="col" class="number">
            {texts.overview.cost}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, each]) => (
          <tr key={name}>
            <th scope="row">
              <a class="clip" href={linkOf(name)} title={name}>
                {name}
              </a>
              <i class="weight" style={{ width: `${(weightOf(each) / heaviest) * 100}%` }} aria-hidden="true" />
            </th>
            <td class="number">{format.compact(each.requests)}</td>
            <td class="number" title={format.integer(allTokensOf(each))}>
              {format.compact(allTokensOf(each))}
            </td>
            <td class="number">{costText(each, texts, format)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
