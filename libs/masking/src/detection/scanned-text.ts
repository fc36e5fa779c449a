const WIDE = /[\u0100-\uffff]/;
const WIDE_CHARACTERS = /[\u0100-\uffff]/g;
/** Stands for every character that is not a byte. It is part of no form. */
const OTHER = '\u0080';

/** A text with its characters as bytes: a loop over bytes takes a third of the time of one over a string. */
export class ScannedText {
  /** @param start where the text is in the bytes */
  constructor(
    readonly text: string,
    readonly bytes: Uint8Array,
    readonly start: number,
  ) {}

  static of(text: string): ScannedText {
    const narrow = WIDE.test(text) ? text.replace(WIDE_CHARACTERS, OTHER) : text;
    return new ScannedText(text, Buffer.from(narrow, 'latin1'), 0);
  }

  get end(): number {
    return this.start + this.text.length;
  }
}
