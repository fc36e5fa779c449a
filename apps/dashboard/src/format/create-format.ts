/** Numbers and times as the viewer writes them. One object per language; `Intl` objects are dear to make. */
export interface Format {
  integer(value: number): string;
  /** `12.4M`: for headlines, where the title has the exact number. */
  compact(value: number): string;
  /** Of a share between 0 and 1. */
  percent(share: number): string;
  usd(value: number): string;
  milliseconds(value: number): string;
  bytes(value: number): string;
  /** `14:03:22` in the zone of the settings. */
  clock(time: number): string;
  dateTime(time: number): string;
  /** `Asia/Seoul, UTC+9`: whose days and hours these are. */
  readonly zone: string;
  /** A label on a time axis whose steps are so long. Steps of hours name the date at midnight only. */
  axis(time: number, stepSeconds: number): string;
  /** `YYYY-MM-DD`, a day and no moment: no zone may move it. */
  day(isoDay: string): string;
  /** A span: `40s`, `2m 5s`. */
  span(seconds: number): string;
}

/** A smaller sum is shown as less than this, and not as zero. */
const SMALLEST_SUM = 0.0001;
const DAY_SECONDS = 86_400;

/** @param timeZone of the IANA database. @default - the zone of the browser */
export function createFormat(locale: string, timeZone?: string): Format {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const unit = (name: string, digits: number) =>
    number({
      style: 'unit',
      unit: name,
      unitDisplay: name.endsWith('byte') ? 'short' : 'narrow',
      maximumFractionDigits: digits,
    });
  const integer = number({ maximumFractionDigits: 0 });
  const compact = number({ notation: 'compact', maximumFractionDigits: 1 });
  const wholePercent = number({ style: 'percent', maximumFractionDigits: 0 });
  const finePercent = number({ style: 'percent', maximumFractionDigits: 1 });
  const dollars = [0, 2, 4].map((digits) =>
    number({
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
  );
  const [ms, second, wholeSecond, minute, hour] = [
    unit('millisecond', 0),
    unit('second', 1),
    unit('second', 0),
    unit('minute', 0),
    unit('hour', 0),
  ];
  const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte'].map((name) => unit(name, 1));
  const clock = date({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const minuteOfDay = date({ hour: '2-digit', minute: '2-digit' });
  const midnight = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  const dayOfMonth = date({ month: 'short', day: 'numeric' });
  const dateTime = date({ dateStyle: 'medium', timeStyle: 'medium' });
  const utcDay = date({ month: 'short', day: 'numeric', weekday: 'short', timeZone: 'UTC' });

  const span = (seconds: number): string => {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return wholeSecond!.format(whole);
    if (whole < 3_600) return joined(minute!.format(Math.floor(whole / 60)), whole % 60, wholeSecond!);
    return joined(hour!.format(Math.floor(whole / 3_600)), Math.floor((whole % 3_600) / 60), minute!);
  };
  return {
    integer: (value) => integer.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? integer : compact).format(value),
    percent: (share) => (share > 0 && share < 0.1 ? finePercent : wholePercent).format(share),
    usd: (value) =>
      value > 0 && value < SMALLEST_SUM / 2
        ? `<${dollars[2]!.format(SMALLEST_SUM)}`
        : dollars[value !== 0 && Math.abs(value) < 0.1 ? 2 : Math.abs(value) >= 1_000 ? 0 : 1]!.format(value),
    milliseconds: (value) => {
      if (value < 1_000) return ms!.format(value);
      return value < 60_000 ? second!.format(value / 1_000) : span(value / 1_000);
    },
    bytes: (value) => {
      const step = Math.min(sizes.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
      return sizes[step]!.format(value / 1_000 ** step);
    },
    clock: (time) => clock.format(time),
    dateTime: (time) => dateTime.format(time),
    axis: (time, stepSeconds) => {
      if (stepSeconds >= DAY_SECONDS) return dayOfMonth.format(time);
      return midnight.format(time) === '00:00' ? dayOfMonth.format(time) : minuteOfDay.format(time);
    },
    zone: zoneText(timeZone),
    day: (isoDay) => utcDay.format(new Date(`${isoDay}T00:00:00Z`)),
    span,
  };
}

function zoneText(timeZone: string | undefined): string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' });
  const offset = format.formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const { timeZone: name } = format.resolvedOptions();
  return name === 'UTC' ? name : `${name}, ${offset.replace('GMT', 'UTC')}`;
}

function joined(large: string, rest: number, small: Intl.NumberFormat): string {
  return rest === 0 ? large : `${large} ${small.format(rest)}`;
}

/** For the title of a time. */
export function utcOf(time: number): string {
  return Number.isFinite(time)
    ? `${new Date(time)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, '')} UTC`
    : '';
}
