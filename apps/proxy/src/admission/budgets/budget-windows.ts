const DAY_MS = 24 * 60 * 60 * 1_000;

export const WINDOW_KINDS = ['day', 'week', 'month'] as const;
export type WindowKind = (typeof WINDOW_KINDS)[number];

/** A day, a week from Monday, or a month, in the time zone of budgets. */
export interface BudgetWindow {
  readonly kind: WindowKind;
  /** Unique: `day#2026-11-27`, `week#2026-11-23`, `month#2026-11`. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

interface LocalDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The windows of a moment. Cached until the day ends, because formatting in a time zone is slow. */
export class BudgetWindows {
  private readonly format: Intl.DateTimeFormat;
  private known: { readonly fromMs: number; readonly windows: Readonly<Record<WindowKind, BudgetWindow>> } | undefined;

  /** @throws RangeError for an unknown time zone */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  at(nowMs: number): Readonly<Record<WindowKind, BudgetWindow>> {
    if (this.known && nowMs >= this.known.fromMs && nowMs < this.known.windows.day.endsAt) return this.known.windows;
    const today = this.localDay(nowMs);
    const weekday = (new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay() + 6) % 7;
    const monday = plusDays(today, -weekday);
    const windows = {
      day: { kind: 'day', id: `day#${textOf(today)}`, endsAt: this.startOf(plusDays(today, 1)) },
      week: { kind: 'week', id: `week#${textOf(monday)}`, endsAt: this.startOf(plusDays(monday, 7)) },
      month: { kind: 'month', id: `month#${textOf(today).slice(0, 7)}`, endsAt: this.startOf(nextMonth(today)) },
    } as const;
    this.known = { fromMs: nowMs, windows };
    return windows;
  }

  private localDay(timeMs: number): LocalDay {
    const { year, month, day } = this.partsAt(timeMs);
    return { year: year!, month: month!, day: day! };
  }

  private partsAt(timeMs: number): Record<string, number> {
    const parts = this.format.formatToParts(timeMs);
    return Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  }

  /**
   * The first moment of a local day. Zones have offsets from -12 to +14 hours, which change at most once a day: two
   * corrections find midnight, also on the days of a change.
   */
  private startOf({ year, month, day }: LocalDay): number {
    const wanted = Date.UTC(year, month - 1, day);
    let moment = wanted;
    for (let correction = 0; correction < 3; correction += 1) moment -= this.localTimeAt(moment) - wanted;
    // Some zones skip midnight: then the day begins at its first hour.
    return this.localTimeAt(moment) < wanted ? moment + 60 * 60 * 1_000 : moment;
  }

  private localTimeAt(moment: number): number {
    const { year, month, day, hour, minute, second } = this.partsAt(moment);
    return Date.UTC(year!, month! - 1, day, hour, minute, second);
  }
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function plusDays({ year, month, day }: LocalDay, days: number): LocalDay {
  const date = new Date(Date.UTC(year, month - 1, day) + days * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function nextMonth({ year, month }: LocalDay): LocalDay {
  return month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
}

function textOf({ year, month, day }: LocalDay): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}
