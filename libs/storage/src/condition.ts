import type { IncrementCondition, Item, PutCondition } from './table.js';

/** @param current the living item */
export function holds(condition: PutCondition | IncrementCondition | undefined, current: Item | undefined): boolean {
  if (condition === undefined) return true;
  if ('absent' in condition) return current === undefined;
  if ('equals' in condition) return current !== undefined && current[condition.attribute] === condition.equals;
  const value = current?.[condition.attribute];
  return value === undefined || (typeof value === 'number' && value <= condition.atMost);
}
