import { useSettings } from '../texts/settings.js';

interface CostProps {
  /** Null where nothing has a price. */
  readonly usd: number | null;
  /** Requests that are not in the sum. */
  readonly unpriced: number;
}

/** A sum of money. One that lacks a part says so. */
export function Cost({ usd, unpriced }: CostProps) {
  const { texts, format } = useSettings();
  if (usd === null) return <span title={texts.unit.unpriced}>{texts.unit.none}</span>;
  if (unpriced === 0) return <>{format.usd(usd)}</>;
  return <span title={texts.overview.unpriced(unpriced, format.integer(unpriced))}>≥ {format.usd(usd)}</span>;
}
