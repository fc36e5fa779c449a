import { isKept } from './kept-words.js';

/** A span that is replaced, within a match of a form. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly matchStart: number;
  readonly matchEnd: number;
  readonly isSecret: boolean;
  /** Masked wherever it occurs from here on, however short it is. */
  readonly isKnown?: boolean;
}

/** The match that a part belongs to. */
export type Match = Pick<Part, 'rule' | 'matchStart' | 'matchEnd'>;

/** The parts found in a text so far. Two forms can match the same span. */
export class PartList {
  private readonly parts: Part[] = [];

  constructor(private readonly text: string) {}

  add(match: Match, start: number, end: number, isSecret = false): void {
    this.parts.push({ ...match, start, end, isSecret });
  }

  /** The groups of an expression, as described at `PatternForm`. */
  addGroups(rule: string, match: RegExpExecArray): void {
    const bounds = { rule, matchStart: match.index, matchEnd: match.index + match[0].length };
    for (const [group, span] of Object.entries(match.indices!.groups!)) {
      if (!span) continue;
      const [start, end] = span;
      if (group.startsWith('n')) this.addNames(bounds, start, end, false);
      else this.add(bounds, start, end, group.startsWith('s'));
    }
  }

  /** The parts of names, without words that identify nothing; all of them if that would leave everything as it is. */
  addNames(match: Match, start: number, end: number, mayKeepAll: boolean): void {
    const tokens = [...this.text.slice(start, end).matchAll(/[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/g)].map(
      ({ index, 0: token }) => ({ start: start + index, end: start + index + token.length, token }),
    );
    const telling = tokens.filter(({ token }) => !isKept(token));
    const chosen = telling.length > 0 || mayKeepAll ? telling : tokens.filter(({ token }) => token.length > 2);
    for (const token of chosen) this.add(match, token.start, token.end);
  }

  /**
   * In order, without overlaps: of two parts that overlap the longer one stays.
   *
   * @param from where the text begins in earnest; what precedes it is context, and positions are counted from here
   */
  sorted(from: number): Part[] {
    const { parts } = this;
    if (parts.length > 1) parts.sort((one, other) => one.start - other.start || other.end - one.end);
    const kept: Part[] = [];
    for (const part of parts) {
      const last = kept.at(-1);
      if (!last || part.start >= last.end) kept.push(part);
      else if (isLonger(part, last)) kept[kept.length - 1] = part;
    }
    return from === 0 ? kept : kept.filter(({ start }) => start >= from).map((part) => shifted(part, from));
  }
}

/** The longer part, else the part of the longer match. */
function isLonger(one: Part, other: Part): boolean {
  const byPart = one.end - one.start - (other.end - other.start);
  return byPart > 0 || (byPart === 0 && one.matchEnd - one.matchStart > other.matchEnd - other.matchStart);
}

function shifted(part: Part, by: number): Part {
  const { start, end, matchStart, matchEnd } = part;
  const moved = { start: start - by, end: end - by, matchStart: Math.max(0, matchStart - by), matchEnd: matchEnd - by };
  return { ...part, ...moved };
}
