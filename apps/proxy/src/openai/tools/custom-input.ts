import { isJsonObject } from '../json-object.js';
import { CUSTOM_INPUT } from './read-tools.js';

const BEGINNING = new RegExp(`^\\s*\\{\\s*"${CUSTOM_INPUT}"\\s*:\\s*"`);
const ESCAPE_CHARACTERS = 6;
const HIGH_SURROGATE = /^\\u[dD][89abAB]/;

/** The one text of a custom tool, out of the JSON that Claude writes for it. */
export function customInput(json: string): string {
  try {
    const input: unknown = JSON.parse(json);
    if (isJsonObject(input)) {
      const text = input[CUSTOM_INPUT];
      return typeof text === 'string' ? text : Object.keys(input).length === 0 ? '' : json;
    }
  } catch {
    // Cut off: as much as there is.
  }
  const reader = new CustomInputReader();
  return reader.write(json) + reader.end();
}

/** Reads the one text of a custom tool while its JSON arrives. */
export class CustomInputReader {
  private unread = '';
  private hasBegun = false;
  private isOver = false;

  /** The next piece of the text. */
  write(json: string): string {
    if (this.isOver) return '';
    this.unread += json;
    if (this.hasBegun) return this.decode();
    const beginning = BEGINNING.exec(this.unread);
    if (!beginning) return '';
    this.hasBegun = true;
    this.unread = this.unread.slice(beginning[0].length);
    return this.decode();
  }

  /** What remains: JSON of another form than the tool's, as it is. */
  end(): string {
    if (this.hasBegun) return '';
    return /^\s*(?:\{\s*\}?)?\s*$/.test(this.unread) ? '' : this.unread;
  }

  private decode(): string {
    const { unread } = this;
    let at = 0;
    while (at < unread.length && unread[at] !== '"') {
      const length = unread[at] === '\\' ? escapeLength(unread, at) : 1;
      if (length === undefined) break;
      at += length;
    }
    this.isOver = unread[at] === '"';
    this.unread = unread.slice(at);
    return at === 0 ? '' : (JSON.parse(`"${unread.slice(0, at)}"`) as string);
  }
}

/** Undefined for an escape that is not complete. The two halves of a character outside of the BMP stay together. */
function escapeLength(text: string, at: number): number | undefined {
  if (at + 1 >= text.length) return undefined;
  if (text[at + 1] !== 'u') return 2;
  if (at + ESCAPE_CHARACTERS > text.length) return undefined;
  if (!HIGH_SURROGATE.test(text.slice(at, at + ESCAPE_CHARACTERS))) return ESCAPE_CHARACTERS;
  if (at + 2 * ESCAPE_CHARACTERS <= text.length) return 2 * ESCAPE_CHARACTERS;
  return text.includes('"', at + ESCAPE_CHARACTERS) ? ESCAPE_CHARACTERS : undefined;
}
