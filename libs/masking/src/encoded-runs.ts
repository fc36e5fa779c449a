const MAX_RUN_CHARACTERS = 8_192;
const OF_A_RUN = /[A-Za-z0-9._~*+%-]/;
const ENCODED_ASCII = /^%[2-7][0-9A-Fa-f]/;

/** A text with its escapes replaced, and where each of its characters is in the text that it was made of. */
export class DecodedView {
  readonly text: string;

  /**
   * @param pieces in order: decoded characters of one escape, or characters as they are
   * @param origins where each piece begins in the original text, and the end of it
   */
  constructor(
    pieces: readonly string[],
    private readonly starts: readonly number[],
    private readonly origins: readonly number[],
  ) {
    this.text = pieces.join('');
  }

  /** Where a character is in the original text; for the length of this text, the end of the original. */
  at(index: number): number {
    const { starts, origins } = this;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return origins[low]! + index - starts[low]!;
  }

  span(start: number, end: number): number[] {
    return Array.from({ length: end - start }, (_, index) => this.at(start + index));
  }
}

/** Runs of URL-encoded text, decoded. */
export function* encodedRuns(text: string): Generator<DecodedView> {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at)) {
    if (!ENCODED_ASCII.test(text.slice(at, at + 3))) {
      at += 1;
      continue;
    }
    let start = at;
    while (start > 0 && at - start < MAX_RUN_CHARACTERS && OF_A_RUN.test(text[start - 1]!)) start -= 1;
    let end = at;
    while (end < text.length && end - at < MAX_RUN_CHARACTERS && OF_A_RUN.test(text[end]!)) end += 1;
    const run = text.slice(start, end);
    yield decodedRun(run, start);
    // In forms a plus sign is a blank.
    if (run.includes('+')) yield decodedRun(run.replaceAll('+', ' '), start);
    at = end;
  }
}

function decodedRun(run: string, offset: number): DecodedView {
  return viewOf(run, offset, /%([0-9A-Fa-f]{2})/g, (code) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** An escape of a letter or a slash, also in JSON within JSON, where more backslashes precede. */
const JSON_ESCAPE = /\\+(?:u00([2-7][0-9A-Fa-f])|(\/))/g;

/** The text of a JSON string whose letters or slashes are escaped; undefined if none is. */
export function unescapedView(raw: string): DecodedView | undefined {
  if (!/\\(?:\/|u00[2-7])/.test(raw)) return undefined;
  return viewOf(raw, 0, JSON_ESCAPE, (code, slash) => slash || String.fromCharCode(Number.parseInt(code, 16)));
}

/** @param decode the character of an escape */
function viewOf(raw: string, offset: number, escapes: RegExp, decode: (...groups: string[]) => string): DecodedView {
  const pieces: string[] = [];
  const starts: number[] = [];
  const origins: number[] = [];
  let length = 0;
  const add = (piece: string, origin: number) => {
    pieces.push(piece);
    starts.push(length);
    origins.push(offset + origin);
    length += piece.length;
  };
  let from = 0;
  for (const { index, 0: escaped, 1: first = '', 2: second = '' } of raw.matchAll(escapes)) {
    add(raw.slice(from, index), from);
    // What is written back goes behind the last backslash.
    add(decode(first, second), index + Math.max(0, escaped.lastIndexOf('\\')));
    from = index + escaped.length;
  }
  add(raw.slice(from), from);
  add('', raw.length);
  return new DecodedView(pieces, starts, origins);
}
