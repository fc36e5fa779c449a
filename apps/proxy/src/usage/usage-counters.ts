import { hash } from 'node:crypto';
import type { Item } from '@claude-proxy/storage';
import { sumOf } from '../recording/sums.js';

/** The first four are the published schema of the original project. `total_tokens` excludes the cache. */
export const COUNTERS = [
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'request_count',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_nano_usd',
  'unpriced_count',
] as const;
export type Counts = Record<(typeof COUNTERS)[number], number>;

export function emptyCounts(): Counts {
  return Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Counts;
}

const MODEL_COUNTER = /^model#(.+)#([a-z_]+)$/;

/** A counter of a day and model. Items of earlier versions have them as attributes of their own. */
export function modelCounter(model: string, counter: string): string {
  return `model#${model}#${counter}`;
}

export function parseModelCounter(attribute: string): { model: string; counter: string } | undefined {
  const [, model, counter] = MODEL_COUNTER.exec(attribute) ?? [];
  return model && counter ? { model, counter } : undefined;
}

/** One letter each, because an item has them for every hour and model. `total_tokens` follows from input and output. */
const LETTERS = {
  i: 'input_tokens',
  o: 'output_tokens',
  r: 'request_count',
  w: 'cache_creation_input_tokens',
  c: 'cache_read_input_tokens',
  $: 'cost_nano_usd',
  u: 'unpriced_count',
} as const satisfies Readonly<Record<string, keyof Counts>>;
/** What `total_tokens` is the sum of. */
const TOKENS: ReadonlySet<string> = new Set(['input_tokens', 'output_tokens']);

/** `9#Ab3_i`: hour in base 36, mark of the model, letter. Short, because the names are most of an item's size. */
const HOUR_COUNTER = /^([\da-n])#([\w-]{4})(.)$/;
/** `09#Ab3_#i`: earlier versions counted these in addition to the counters of the model. */
const EARLIER_HOUR_COUNTER = /^(\d\d)#([\w-]{4})#(.)$/;
const HOUR_RADIX = 36;
const marks = new Map<string, string>();
const MAX_MARKS = 1_000;

/** A model in the names of hour counters: 24 bits of a hash. An item has few models, and their names too. */
function modelMarkOf(model: string): string {
  let mark = marks.get(model);
  if (mark === undefined) {
    mark = hash('sha256', model, 'base64url').slice(0, 4);
    if (marks.size >= MAX_MARKS) marks.clear();
    marks.set(model, mark);
  }
  return mark;
}

/** The attribute that holds the model of a mark. */
const NAME_PREFIX = 'name#';
export function modelName(model: string): Record<string, string> {
  return { [NAME_PREFIX + modelMarkOf(model)]: model };
}

/** The counters of one hour (`09`) and model. Their sums are the figures of the model. Zeros are left out. */
export function hourCounters(hour: string, model: string, counts: Counts): Record<string, number> {
  const named = Object.entries(LETTERS).filter(([, counter]) => counts[counter] !== 0);
  const start = `${Number(hour).toString(HOUR_RADIX)}#${modelMarkOf(model)}`;
  return Object.fromEntries(named.map(([letter, counter]) => [start + letter, counts[counter]]));
}

export interface HourCount {
  readonly hour: number;
  readonly model: string;
  readonly counter: string;
  readonly amount: number;
}

/** An item with counters per model, and the counts of its hours. Counts of an hour are in these counters, too. */
export function readCounters(item: Item): { readonly counters: Record<string, unknown>; readonly hours: HourCount[] } {
  const counters: Record<string, unknown> = {};
  const hours: HourCount[] = [];
  const models = modelsIn(item);
  for (const [attribute, value] of Object.entries(item)) {
    const parsed = attribute[1] === '#' || attribute[2] === '#' ? parseHourCounter(attribute) : undefined;
    if (!parsed) {
      counters[attribute] = addedTo(counters[attribute], value);
      continue;
    }
    const model = models.get(parsed.mark) ?? 'unknown';
    for (const counter of TOKENS.has(parsed.counter) ? [parsed.counter, 'total_tokens'] : [parsed.counter]) {
      hours.push({ hour: parsed.hour, model, counter, amount: sumOf(value) });
      const ofModel = modelCounter(model, counter);
      if (!parsed.isEarlier) counters[ofModel] = sumOf(counters[ofModel]) + sumOf(value);
    }
  }
  return { counters, hours };
}

/** The attributes of an item that count. */
export function countersIn(item: Item): string[] {
  const known: readonly string[] = COUNTERS;
  return Object.keys(item).filter((attribute) => known.includes(attribute) || parseModelCounter(attribute));
}

/** A counter of the model may follow the hours in the order of attributes. */
function addedTo(known: unknown, value: unknown): unknown {
  return known === undefined ? value : sumOf(known) + sumOf(value);
}

function parseHourCounter(attribute: string) {
  const earlier = EARLIER_HOUR_COUNTER.exec(attribute);
  const [, hour, mark, letter] = earlier ?? HOUR_COUNTER.exec(attribute) ?? [];
  if (!hour || !mark || !letter || !Object.hasOwn(LETTERS, letter)) return undefined;
  const counter = LETTERS[letter as keyof typeof LETTERS];
  return { hour: Number.parseInt(hour, earlier ? 10 : HOUR_RADIX), mark, counter, isEarlier: earlier !== null };
}

function modelsIn(item: Item): Map<string, string> {
  const models = new Map<string, string>();
  for (const [attribute, value] of Object.entries(item)) {
    if (attribute.startsWith(NAME_PREFIX)) models.set(attribute.slice(NAME_PREFIX.length), String(value));
    const model = parseModelCounter(attribute)?.model;
    if (model !== undefined) models.set(modelMarkOf(model), model);
  }
  return models;
}
