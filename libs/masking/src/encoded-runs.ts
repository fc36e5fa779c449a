const MAX_RUN_CHARACTERS = 8_192;

/** A text, and where each of its characters is in another one. */
export interface DecodedView {
  readonly text: string;
  readonly at: readonly number[];
}

const OF_A_RUN = /[A-Za-z0-9._~*+%-]/;
const ENCODED_ASCII = /^%[2-7][0-9A-Fa-f]/;

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
    yield decoded(text.slice(start, end), start);
    at = end;
  }
}

function decoded(run: string, offset: number): DecodedView {
  const characters: string[] = [];
  const at: number[] = [];
  for (let index = 0; index < run.length; ) {
    const code = run[index] === '%' ? Number.parseInt(run.slice(index + 1, index + 3), 16) : Number.NaN;
    const isEscape = !Number.isNaN(code) && /^[0-9A-Fa-f]{2}$/.test(run.slice(index + 1, index + 3));
    characters.push(isEscape ? String.fromCharCode(code) : run[index]!);
    at.push(offset + index);
    index += isEscape ? 3 : 1;
  }
  at.push(offset + run.length);
  return { text: characters.join(''), at };
}

/** The text of a JSON string whose letters or slashes may be escaped; undefined if none is. */
export function unescapedView(raw: string): DecodedView | undefined {
  if (!/\\(?:\/|u00[2-7])/.test(raw)) return undefined;
  const characters: string[] = [];
  const at: number[] = [];
  for (let index = 0; index < raw.length; ) {
    const escaped = raw[index] === '\\' ? /^\\(?:(\/)|u00([2-7][0-9A-Fa-f]))/.exec(raw.slice(index, index + 6)) : null;
    const isPair = raw[index] === '\\' && !escaped;
    at.push(index);
    if (escaped) characters.push(escaped[1] ?? String.fromCharCode(Number.parseInt(escaped[2]!, 16)));
    else characters.push(raw[index]!);
    if (isPair) {
      characters.push(raw[index + 1] ?? '');
      at.push(index + 1);
    }
    index += escaped?.[0].length ?? (isPair ? 2 : 1);
  }
  at.push(raw.length);
  return { text: characters.join(''), at };
}
