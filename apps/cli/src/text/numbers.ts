const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `850ms`, `12s`, `5m`, `3h 20m`, `2d 4h` */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 10 * SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)}s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}m`;
  if (ms < DAY_MS) return twoUnits(ms, HOUR_MS, 'h', MINUTE_MS, 'm');
  return twoUnits(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)}${largeName}${rest > 0 ? ` ${rest}${smallName}` : ''}`;
}

/** `5m ago`, `in 20s`, `now` */
export function relativeTime(atMs: number, nowMs: number): string {
  const away = Math.round((atMs - nowMs) / SECOND_MS) * SECOND_MS;
  if (away === 0) return 'now';
  return away > 0 ? `in ${durationText(away)}` : `${durationText(-away)} ago`;
}

/** `950`, `12.3k`, `4.1M` */
export function countText(count: number): string {
  if (Math.abs(count) < 1_000) return String(Math.round(count * 100) / 100);
  const [divisor, unit] =
    Math.abs(count) < 999_950 ? [1_000, 'k'] : Math.abs(count) < 999_950_000 ? [1_000_000, 'M'] : [1_000_000_000, 'G'];
  return `${(count / divisor).toFixed(1).replace(/\.0$/, '')}${unit}`;
}

/** `1 user`, `3 users` */
export function numbered(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `$0.0042`, `$12.30`, `$4,210`; a dash without a price. */
export function moneyText(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return '-';
  if (usd === 0) return '$0';
  if (Math.abs(usd) < 0.01) return `$${usd.toFixed(4)}`;
  if (Math.abs(usd) < 1_000) return `$${usd.toFixed(2)}`;
  return `$${Math.round(usd).toLocaleString('en-US')}`;
}

/** `93%`; a dash where it is not known. */
export function shareText(share: number | null | undefined): string {
  return share === null || share === undefined ? '-' : `${Math.round(share * 100)}%`;
}
