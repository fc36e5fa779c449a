import { widthOf } from './width.js';

export interface Column {
  readonly title: string;
  /** Numbers: their values are never cut. */
  readonly isRight?: boolean;
  /** Ids and times: of no use if cut. */
  readonly isWhole?: boolean;
  /** Left out where the table does not fit, the last one first. */
  readonly isOptional?: boolean;
}

export const GAP = '  ';
const MIN_COLUMN = 6;
/** A text of this width is still read: before one is cut shorter, an optional column is left out. */
const READABLE_COLUMN = 12;

/** A title begins with `>` for a column of numbers, `!` for one that is not cut, `?` for one that may be left out. */
export function columnOf(title: string): Column {
  const [, marks = '', name = ''] = /^([>!?]*)(.*)$/.exec(title)!;
  return {
    title: name,
    isRight: marks.includes('>'),
    isWhole: marks.includes('!'),
    isOptional: marks.includes('?'),
  };
}

/** The columns that are shown, by their index, with their widths. */
export function fittingColumns(
  columns: readonly Column[],
  rows: readonly (readonly { readonly text: string }[])[],
  available: number,
): { readonly index: number; readonly width: number }[] {
  const sizes = columns.map((column, index) => {
    const values = rows.reduce((most, row) => Math.max(most, widthOf(row[index]!.text)), 0);
    const width = Math.max(widthOf(column.title), values);
    return { index, width, least: leastWidth(column, width, values) };
  });
  const shown = withoutOptional(columns, sizes, available);
  let excess = totalOf(shown.map(({ width }) => width)) - available;
  while (excess > 0) {
    const widest = shown.filter(({ width, least }) => width > least).sort((left, right) => right.width - left.width)[0];
    if (!widest) break;
    widest.width -= 1;
    excess -= 1;
  }
  return shown;
}

function leastWidth({ isRight, isWhole }: Column, width: number, values: number): number {
  if (isWhole) return width;
  return Math.min(width, isRight ? values : MIN_COLUMN);
}

function withoutOptional<Size extends { readonly index: number; readonly width: number }>(
  columns: readonly Column[],
  sizes: readonly Size[],
  available: number,
): Size[] {
  const readable = ({ index, width }: Size) => {
    const { isRight, isWhole } = columns[index]!;
    return isRight || isWhole ? width : Math.min(width, READABLE_COLUMN);
  };
  const shown = [...sizes];
  while (totalOf(shown.map(readable)) > available) {
    const last = shown.findLastIndex(({ index }) => columns[index]!.isOptional);
    if (last < 0) break;
    shown.splice(last, 1);
  }
  return shown;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}
