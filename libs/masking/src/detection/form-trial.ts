import type { Anchor } from '../forms/form.js';
import { PartList } from './part-list.js';
import { PATTERNS, type Pattern } from './patterns.js';

/** Context is looked for in this many characters before a value. */
export const CONTEXT_CHARACTERS = 80;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with a control character
const NOT_OF_THE_CONTEXT = /(?:\x1b|\\u001b|\\x1b|\\0?33|\\e)\[[0-9;]*m|\\+(?=["'`])/g;
/** Emphasis, and the blank of a form. */
const MARKS = /[*`+]/g;
const ESCAPED_BLANKS = /\\+[nrt]/g;

/** Tries the expressions of forms at positions of one text, and keeps what they find. */
export class FormTrial {
  readonly parts: PartList;

  constructor(readonly text: string) {
    this.parts = new PartList(text);
  }

  /** Tries the forms of an anchor. Returns the end of the match. */
  try(anchor: Anchor, at: number, rule?: string): number | undefined {
    if (at < 0) return undefined;
    for (const pattern of PATTERNS.get(anchor)!) {
      const end = this.tryPattern(pattern, at, rule);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  tryPattern({ name, expression, before }: Pattern, at: number, rule = name): number | undefined {
    expression.lastIndex = at;
    const match = expression.exec(this.text);
    if (!match || (before && !before.test(this.contextBefore(at)))) return undefined;
    this.parts.addGroups(rule, match);
    return at + match[0].length;
  }

  before(at: number, characters: number): string {
    return this.text.slice(Math.max(0, at - characters), at);
  }

  /** Without colors, emphasis and escapes. */
  private contextBefore(at: number): string {
    return this.before(at, CONTEXT_CHARACTERS)
      .replace(NOT_OF_THE_CONTEXT, '')
      .replace(MARKS, ' ')
      .replace(ESCAPED_BLANKS, ' ');
  }
}
