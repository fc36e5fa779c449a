const LF = 0x0a;
const CR = 0x0d;
/** Matching a longer event costs more than parsing it. */
const MAX_USUAL_BYTES = 4_096;
/** As every upstream writes it: nothing but a piece of text in ASCII. */
const USUAL_DELTA =
  /event: content_block_delta\ndata: ?\{"type":"content_block_delta","index":(\d{1,5}),"delta":\{"type":"(text_delta|input_json_delta)","(?:text|partial_json)":"([ !#-[\]-~]*(?:\\["\\/bfnrtu][ !#-[\]-~]*)*)"\} *\}\n\n/y;

/** A delta that holds nothing but a piece of text. */
export interface UsualDelta {
  readonly index: number;
  readonly type: string;
  readonly text: string;
}

/** Read without parsing the event; undefined for events of another form. @param text the stream in latin1 */
export function usualDelta(text: string, start: number, end: number): UsualDelta | undefined {
  if (end - start > MAX_USUAL_BYTES) return undefined;
  USUAL_DELTA.lastIndex = start;
  const match = USUAL_DELTA.exec(text);
  if (!match || USUAL_DELTA.lastIndex !== end) return undefined;
  const spelled = match[3]!;
  return { index: Number(match[1]), type: match[2]!, text: spelled.includes('\\') ? unescaped(spelled) : spelled };
}

function unescaped(spelled: string): string {
  return JSON.parse(`"${spelled}"`);
}

export function deltaEvent(event: object): Buffer {
  return Buffer.from(`event: content_block_delta\ndata: ${JSON.stringify(event)}\n\n`);
}

/** The position after the blank line that ends an event; -1 if it has not come. */
export function endOfEvent(text: string, start: number): number {
  for (let at = text.indexOf('\n', start); at !== -1; at = text.indexOf('\n', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next === LF) return at + 2;
    if (next === CR && text.charCodeAt(at + 2) === LF) return at + 3;
  }
  return -1;
}

export function nameOf(event: string): string | undefined {
  const start = event.indexOf('event:');
  if (start === -1 || (start > 0 && event.charCodeAt(start - 1) !== LF)) return undefined;
  return event.slice(start + 'event:'.length, event.indexOf('\n', start)).trim();
}

/** Where the JSON text of an event is. */
export function dataRange(bytes: Buffer): readonly [number, number] | undefined {
  const at = bytes.indexOf('data:');
  if (at === -1) return undefined;
  const start = bytes[at + 5] === 0x20 ? at + 6 : at + 5;
  const end = bytes.indexOf(LF, start);
  // A second line of data: no upstream writes one.
  return bytes.indexOf('\ndata:', end) === -1 ? [start, bytes[end - 1] === CR ? end - 1 : end] : undefined;
}

export function dataOf(bytes: Buffer): Record<string, unknown> | undefined {
  const range = dataRange(bytes);
  if (!range) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8', range[0], range[1]));
  } catch {
    return undefined;
  }
}
