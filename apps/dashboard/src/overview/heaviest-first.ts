import type { Figures } from '@claude-proxy/admin-api';

export interface Weighed {
  readonly name: string;
  readonly figures: Figures;
  /** Of the heaviest, from 0 to 1. */
  readonly weight: number;
}

/** By cost, and by tokens where nothing has a price. */
export function heaviestFirst(byName: Readonly<Record<string, Figures>>): readonly Weighed[] {
  const rows = Object.entries(byName).sort(
    ([, a], [, b]) => (b.cost_usd ?? 0) - (a.cost_usd ?? 0) || b.all_tokens - a.all_tokens,
  );
  const hasPrices = Boolean(rows[0]?.[1].cost_usd);
  const weightOf = ({ cost_usd, all_tokens }: Figures) => (hasPrices ? (cost_usd ?? 0) : all_tokens);
  const heaviest = Math.max(1e-9, ...rows.map(([, figures]) => weightOf(figures)));
  return rows.map(([name, figures]) => ({ name, figures, weight: weightOf(figures) / heaviest }));
}
