import type { PriceList } from './price-list.js';

const FAMILY = /opus|sonnet|haiku|fable|mythos/;

/** The model of the same family with the highest output price, else the one of all models. */
export function dearestOfFamily({ upstreams }: PriceList, model: string): string {
  const rows = Object.entries(upstreams.anthropic ?? {});
  const family = FAMILY.exec(model.toLowerCase())?.[0];
  const relatives = family === undefined ? [] : rows.filter(([name]) => name.includes(family));
  const candidates = relatives.length > 0 ? relatives : rows;
  const [dearest] = candidates.reduce((high, row) => (row[1].output > high[1].output ? row : high), candidates[0]!);
  return dearest;
}
