const DAY_MS = 86_400_000;
/** Whole days before today that say what a weekday costs. */
const BASIS_DAYS = 28;
const MIN_DAYS = 3;

/** The cost of one day, `YYYY-MM-DD` in UTC. */
export interface DayCost {
  readonly day: string;
  readonly cost: number;
}

/**
 * What the month of `today` will cost: its days so far, and for the rest what such weekdays have cost in the last four
 * weeks. Work has weekends, so an average of all days would be too high on Fridays and too low on Mondays.
 *
 * @param costs oldest first and without gaps, from the first day with figures up to today
 * @returns undefined before three whole days
 */
export function forecastOf(costs: readonly DayCost[], today: string): number | undefined {
  const whole = costs.filter(({ day }) => day < today).slice(-BASIS_DAYS);
  if (whole.length < MIN_DAYS) return undefined;
  const expected = expectedByWeekday(whole);
  const spent = costs.filter(({ day }) => day.slice(0, 7) === today.slice(0, 7) && day < today);
  const spentToday = costs.find(({ day }) => day === today)?.cost ?? 0;
  const rest = daysAfter(today).map((day) => expected(day));
  return sumOf(spent.map(({ cost }) => cost)) + Math.max(spentToday, expected(today)) + sumOf(rest);
}

/** A weekday without a cost in the basis has the average of all days. */
function expectedByWeekday(whole: readonly DayCost[]): (day: string) => number {
  const byWeekday = Map.groupBy(whole, ({ day }) => weekdayOf(day));
  const average = meanOf(whole);
  return (day) => meanOf(byWeekday.get(weekdayOf(day)) ?? []) ?? average ?? 0;
}

function meanOf(days: readonly DayCost[]): number | undefined {
  return days.length === 0 ? undefined : sumOf(days.map(({ cost }) => cost)) / days.length;
}

/** The days of the month after this one. */
function daysAfter(today: string): string[] {
  const days: string[] = [];
  for (let timeMs = timeOf(today) + DAY_MS; ; timeMs += DAY_MS) {
    const day = new Date(timeMs).toISOString().slice(0, 10);
    if (day.slice(0, 7) !== today.slice(0, 7)) return days;
    days.push(day);
  }
}

function weekdayOf(day: string): number {
  return new Date(timeOf(day)).getUTCDay();
}

function timeOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
