/** Members that name a file or a skill of the Files and Skills APIs. */
const MEMBERS = new Set(['file_id', 'skill_id']);
/** Ids and keys are shorter; letters may be written as `\u0066`. */
const MAX_STRING_BYTES = 1_000;
/** `\u0040` to `\u007f`: without one of these no letter of a member is escaped. */
const ESCAPES_OF_LETTERS = ['\\u004', '\\u005', '\\u006', '\\u007'];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ENDS_OF_MEMBER = new Set([...',{}[]'].map((character) => character.charCodeAt(0)));

/** False where a body names no file and no skill; found in a fraction of the time that reading takes. */
export function mayQuoteObjects(body: Buffer): boolean {
  return [...MEMBERS, ...ESCAPES_OF_LETTERS].some((part) => body.includes(part));
}

export function quotedIdsIn(body: Buffer): readonly string[] {
  const quoted = new QuotedObjectIds();
  quoted.write(body);
  return [...quoted.ids];
}

/** Reads JSON in pieces of any size and collects the ids that its members name. Text that is not JSON names none. */
export class QuotedObjectIds {
  readonly ids = new Set<string>();
  private isInString = false;
  /** The backslashes at the end of the last piece. */
  private openBackslashes = 0;
  private pieces: Buffer[] = [];
  private bytes = 0;
  private lastString: string | undefined;
  private isValueAwaited = false;

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.isInString ? this.inString(chunk, at) : this.outside(chunk, at);
  }

  private outside(chunk: Buffer, begin: number): number {
    for (let at = begin; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === QUOTE) {
        this.isInString = true;
        return at + 1;
      }
      if (byte === COLON) this.isValueAwaited = this.lastString !== undefined && MEMBERS.has(this.lastString);
      else if (ENDS_OF_MEMBER.has(byte)) this.isValueAwaited = false;
    }
    return chunk.length;
  }

  private inString(chunk: Buffer, begin: number): number {
    let end = chunk.indexOf(QUOTE, begin);
    while (end !== -1 && this.backslashesBefore(chunk, begin, end) % 2 === 1) end = chunk.indexOf(QUOTE, end + 1);
    const upTo = end === -1 ? chunk.length : end;
    const backslashes = this.backslashesBefore(chunk, begin, upTo);
    this.keep(chunk.subarray(begin, upTo));
    if (end === -1) {
      this.openBackslashes = backslashes;
      return chunk.length;
    }
    this.endString();
    return end + 1;
  }

  private backslashesBefore(chunk: Buffer, begin: number, end: number): number {
    let at = end;
    while (at > begin && chunk[at - 1] === BACKSLASH) at -= 1;
    return end - at + (at === begin ? this.openBackslashes : 0);
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.bytes <= MAX_STRING_BYTES) this.pieces.push(Buffer.from(piece));
    else this.pieces = [];
  }

  private endString(): void {
    this.lastString = this.bytes <= MAX_STRING_BYTES ? unescaped(Buffer.concat(this.pieces).toString()) : undefined;
    if (this.isValueAwaited && this.lastString) this.ids.add(this.lastString);
    this.isValueAwaited = false;
    this.isInString = false;
    this.openBackslashes = 0;
    this.pieces = [];
    this.bytes = 0;
  }
}

function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
