import type { Item } from '@claude-proxy/storage';
import { sumOf } from '../recording/sums.js';
import type { Zone } from '../recording/zone.js';
import { countersIn, modelCounter, readCounters } from './usage-counters.js';

const HOUR_MS = 60 * 60 * 1_000;
/** What no hour counts, in items of earlier versions, belongs to the middle of its UTC day. */
const NOON = 12;

/**
 * The item of a UTC day as items of days of a zone: two, or one. An hour belongs to the day in which it begins, so zones
 * that are half an hour off are exact to half an hour.
 */
export function zonedItems(item: Item, zone: Zone): Item[] {
  const { counters, hours } = readCounters(item);
  if (zone.name === 'UTC') return [counters];
  const split = new SplitItem(counters, zone);
  for (const { hour, model, counter, amount } of hours) {
    split.move(hour, counter, amount);
    split.move(hour, modelCounter(model, counter), amount);
  }
  return split.finish();
}

/** Moves the counters of an item to the days of a zone, never more than the item has. */
class SplitItem {
  private readonly left = new Map<string, number>();
  private readonly byDay = new Map<string, Record<string, unknown>>();
  private readonly user: string;
  private readonly dayMs: number;

  constructor(
    private readonly item: Item,
    private readonly zone: Zone,
  ) {
    const [user = '', day = ''] = String(item.user_period).split('#');
    this.user = user;
    this.dayMs = Date.parse(`${day}T00:00:00Z`);
    for (const name of countersIn(item)) this.left.set(name, sumOf(item[name]));
  }

  move(hour: number, counter: string, amount: number): void {
    const left = this.left.get(counter) ?? 0;
    const moved = Math.min(amount, left);
    if (moved <= 0) return;
    this.left.set(counter, left - moved);
    const zoned = this.dayOf(hour);
    zoned[counter] = sumOf(zoned[counter]) + moved;
  }

  finish(): Item[] {
    for (const [counter, amount] of this.left) this.move(NOON, counter, amount);
    return [...this.byDay.values()];
  }

  private dayOf(hour: number): Record<string, unknown> {
    const day = this.zone.dayOf(this.dayMs + hour * HOUR_MS);
    let zoned = this.byDay.get(day);
    if (!zoned) {
      const { request_type, model } = this.item;
      zoned = { request_type, model, user_period: `${this.user}#${day}` };
      this.byDay.set(day, zoned);
    }
    return zoned;
  }
}
