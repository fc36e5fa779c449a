/** Numbers and times as the viewer writes them. One object per language; `Intl` objects are dear to make. */
export interface Format {
  integer(value: number): string;
  /** `12.4M`: for headlines, where the title has the exact number. */
  compact(value: number): string;
  /** Of a share between 0 and 1. */
  percent(share: number): string;
  usd(value: number): string;
  /** The cost of one request, always with four decimals: a list of them does not change its look as it grows. */
  usdOfRequest(value: number): string;
  /** Sums of one column: all of them with the same decimals. */
  usdColumn(values: readonly (number | null)[]): (value: number) => string;
  /** Sums along an axis that ends here. */
  usdAxis(largest: number): (value: number) => string;
  milliseconds(value: number): string;
  bytes(value: number): string;
  /** `14:03:22` in the zone of the settings. */
  clock(time: number): string;
  dateTime(time: number): string;
  /** Shorter, without the year: `Nov 26, 2:03 PM`. */
  dayAndMinute(time: number): string;
  /** `Asia/Seoul, UTC+9`: whose days and hours these are. */
  readonly zone: string;
  /** A label on a time axis whose steps are so long. Steps of hours name the date at midnight only. */
  axis(time: number, stepSeconds: number): string;
  /** `YYYY-MM-DD`, a day and no moment: no zone may move it. */
  day(isoDay: string): string;
  /** A span: `40s`, `2m 5s`. */
  span(seconds: number): string;
}

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
  const [wholeDollars, cents, fineDollars] = [0, 2, 4].map((digits) => dollarsOf(locale, digits));
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
  const dayAndMinute = date({ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
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
    usd: (value) => {
      const size = Math.abs(value);
      return (size > 0 && size < 0.1 ? fineDollars! : size >= 1_000 ? wholeDollars! : cents!)(value);
    },
    usdOfRequest: fineDollars!,
    usdColumn: (values) => {
      const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
      return largest > 0 && largest < 1 ? fineDollars! : cents!;
    },
    usdAxis: (largest) => (largest >= 10 ? wholeDollars! : largest >= 0.1 ? cents! : fineDollars!),
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
    dayAndMinute: (time) => dayAndMinute.format(time),
    axis: (time, stepSeconds) => {
      if (stepSeconds >= DAY_SECONDS) return dayOfMonth.format(time);
      return midnight.format(time) === '00:00' ? dayOfMonth.format(time) : minuteOfDay.format(time);
    },
    zone: zoneText(timeZone),
    day: (isoDay) => utcDay.format(new Date(`${isoDay}T00:00:00Z`)),
    span,
  };
}

/** With so many decimals. A sum that they would show as zero is shown as less than the smallest one. */
function dollarsOf(locale: string, digits: number): (value: number) => string {
  const currency = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  const format = new Intl.NumberFormat(locale, {
    ...currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const smallest = 10 ** -digits;
  return (value) => (value > 0 && value < smallest / 2 ? `<${format.format(smallest)}` : format.format(value));
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
