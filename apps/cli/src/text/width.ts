/** Made for the first text that needs it: that takes 20 ms. */
let segmenter: Intl.Segmenter | undefined;
/** East Asian wide and full-width blocks, and emoji, which terminals draw in two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
/** A column per character: ASCII, Latin letters and what tables and bars are made of. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff…█░]*$/;
/** Control and formatting characters: a name from outside must not move the cursor or turn the text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function graphemesOf(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** Columns of a terminal. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The beginning of a text in at most `width` columns, with a mark of narrow characters where something is cut off. */
export function fitted(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  let result = '';
  let used = mark.length;
  if (used > width) return mark.slice(0, width);
  if (NARROW.test(text)) return text.slice(0, width - used) + mark;
  for (const { segment } of graphemesOf(text)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > width) break;
    result += segment;
  }
  return result + mark;
}

export function padded(text: string, width: number, isRight = false): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return isRight ? space + text : text + space;
}

/** Without characters that a terminal acts on. */
export function printable(text: string): string {
  if (NARROW.test(text)) return text;
  return text.replace(UNPRINTABLE, (character) => (character === '\t' || character === '\n' ? ' ' : '\ufffd'));
}
