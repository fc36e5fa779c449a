import { useSettings } from '../texts/settings.js';

interface CostProps {
  /** Null where nothing has a price. */
  readonly usd: number | null;
  /** Requests that are not in the sum. */
  readonly unpriced: number;
  /** Of a column, so that its sums share their decimals. */
  readonly show?: (value: number) => string;
}

/** A sum of money. One that lacks a part says so. */
export function Cost({ usd, unpriced, show }: CostProps) {
  const { texts, format } = useSettings();
  const text = show ?? format.usd;
  if (usd === null) return <span title={texts.unit.unpriced}>{texts.unit.none}</span>;
  if (unpriced === 0) return <>{text(usd)}</>;
  return <span title={texts.overview.unpriced(unpriced, format.integer(unpriced))}>≥ {text(usd)}</span>;
}
