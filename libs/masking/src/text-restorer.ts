import type { MaskMap } from './mask-map.js';
import { findOriginals, findPlaceholders, type MaskOptions, type Replacement, replacedText } from './text-masker.js';

/** A text with its originals, and what became of its placeholders. */
export interface RestoredText {
  readonly text: string;
  readonly restored: readonly Replacement[];
  /** Placeholders that stay, because masking the restored text would not give the same text again. */
  readonly left: readonly Replacement[];
}

const MAX_ROUNDS = 4;

/**
 * Puts originals in the place of placeholders, under one condition: masking the result gives the text back. A placeholder that
 * fails it, such as one inside a longer word, stays.
 *
 * @param within the part of the text that may change; what is around it has left already, or is still to come
 */
export function restoredText(
  text: string,
  map: MaskMap,
  options: MaskOptions,
  before = '',
  within: readonly [number, number] = [0, text.length],
): RestoredText {
  const all = findPlaceholders(text, map, options, before);
  const found = all.filter(({ start, end }) => start >= within[0] && end <= within[1]);
  if (found.length === 0) return { text, restored: [], left: [] };
  let chosen = found;
  // What the model made up itself is masked in the next request whether or not something is restored beside it.
  const expected = masked(text, map, options, before);
  for (let round = 0; round < MAX_ROUNDS && chosen.length > 0; round += 1) {
    const restored = replacedText(text, chosen);
    const again = masked(restored, map, options, before);
    if (again === expected)
      return { text: restored, restored: chosen, left: found.filter((one) => !chosen.includes(one)) };
    const kept = chosen.filter(({ start, end }) => again.slice(start, end) === expected.slice(start, end));
    chosen = kept.length < chosen.length ? kept : [];
  }
  return { text, restored: [], left: found };
}

function masked(text: string, map: MaskMap, options: MaskOptions, before: string): string {
  return replacedText(text, findOriginals(text, map, options, before, false));
}
