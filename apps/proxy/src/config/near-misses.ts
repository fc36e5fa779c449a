import type { Environment } from './read-config.js';
import type { Section } from './section.js';

const MAX_EDITS = 2;
/** Short names resemble each other by accident, and so do those that begin differently. */
const MIN_LENGTH = 8;
const SAME_START = 4;

/** A sentence for each variable that is probably meant for us and mistyped: it would be ignored in silence. */
export function nearMisses(environment: Environment, sections: readonly Section[]): string[] {
  const known = sections.flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable));
  // Where the variable itself is set, what resembles it is more likely another program's.
  const unset = known.filter((name) => environment[name] === undefined);
  return Object.keys(environment)
    .filter((name) => name.length >= MIN_LENGTH && !known.includes(name))
    .flatMap((name) => {
      const meant = unset.find((each) => resembles(name, each));
      return meant ? [`${name} is not a variable of the gateway and is ignored. Is ${meant} meant?`] : [];
    })
    .sort();
}

function resembles(name: string, known: string): boolean {
  const isLikely = known.length >= MIN_LENGTH && Math.abs(name.length - known.length) <= MAX_EDITS;
  return isLikely && name.startsWith(known.slice(0, SAME_START)) && editsBetween(name, known) <= MAX_EDITS;
}

/** Levenshtein's distance: letters to insert, drop or exchange. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (let index = 0; index < to.length; index += 1) {
      const exchanged = row[index]! + (letter === to[index] ? 0 : 1);
      next.push(Math.min(exchanged, row[index + 1]! + 1, next[index]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
