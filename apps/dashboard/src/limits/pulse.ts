import type { RequestLine } from '@claude-proxy/admin-api';

export const SLOT_MS = 5_000;
export const SLOTS = 24;

/** One slot of time: how many exchanges ended in it, by upstream (`''` without an answer). */
export interface Slot {
  readonly time: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** The slots of the last two minutes up to `now`, the newest last; those without an exchange too. */
export function slotsUpTo(now: number, known: readonly Slot[]): readonly Slot[] {
  const newest = slotOf(now);
  return Array.from({ length: SLOTS }, (_, index) => {
    const time = newest - (SLOTS - 1 - index) * SLOT_MS;
    return known.find((slot) => slot.time === time) ?? { time, counts: {} };
  });
}

export function withExchange(known: readonly Slot[], { upstream }: RequestLine, now: number): readonly Slot[] {
  const slots = slotsUpTo(now, known);
  const name = upstream ?? '';
  const last = slots.at(-1)!;
  return [...slots.slice(0, -1), { ...last, counts: { ...last.counts, [name]: (last.counts[name] ?? 0) + 1 } }];
}

export function totalsOf(slots: readonly Slot[]): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const { counts } of slots) {
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
  }
  return totals;
}

function slotOf(time: number): number {
  return Math.floor(time / SLOT_MS) * SLOT_MS;
}
