import { type Column, columnOf, fittingColumns, GAP } from './columns.js';
import type { Layout } from './layout.js';
import { fitted, padded, printable, widthOf } from './width.js';

export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'strong';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}
type CellText = Cell | string | number;

/** A part of an output. */
export type Block =
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly (readonly CellText[])[] }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [string, CellText])[] }
  | { readonly kind: 'line'; readonly text: string; readonly tone?: Tone }
  /** Written as it is, for a shell or another program. */
  | { readonly kind: 'raw'; readonly text: string };

const CODES: Readonly<Record<Tone, number>> = { good: 32, warn: 33, bad: 31, dim: 2, strong: 1 };

export const line = (text: string, tone?: Tone): Block => ({ kind: 'line', text, ...(tone && { tone }) });
export const raw = (text: string): Block => ({ kind: 'raw', text });
export const facts = (...rows: (readonly [string, CellText] | undefined)[]): Block => ({
  kind: 'facts',
  rows: rows.filter((row) => row !== undefined),
});
/** Titles as `columnOf` reads them. */
export function table(titles: readonly string[], rows: readonly (readonly CellText[])[]): Block {
  return { kind: 'table', columns: titles.map(columnOf), rows };
}

export function blocksText(blocks: readonly Block[], layout: Layout): string {
  return blocks.map((block) => `${blockText(block, layout)}\n`).join('');
}

export function toned(text: string, tone: Tone | undefined, { hasColor }: Pick<Layout, 'hasColor'>): string {
  return hasColor && tone ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text;
}

function blockText(block: Block, layout: Layout): string {
  if (block.kind === 'raw') return block.text.replace(/\n$/, '');
  if (block.kind === 'line') return toned(printable(block.text), block.tone, layout);
  if (block.kind === 'facts') return factsText(block.rows, layout);
  return tableText(block.columns, block.rows, layout);
}

function cellOf(cell: CellText): Cell {
  if (typeof cell === 'object') return { ...cell, text: printable(cell.text) };
  return { text: printable(String(cell)) };
}

function factsText(rows: readonly (readonly [string, CellText])[], layout: Layout): string {
  if (!layout.isTerminal) return rows.map(([label, value]) => `${label}\t${cellOf(value).text}`).join('\n');
  const width = Math.max(...rows.map(([label]) => widthOf(label)));
  return rows
    .map(([label, value]) => {
      const cell = cellOf(value);
      return `${toned(padded(label, width), 'dim', layout)}${GAP}${toned(cell.text, cell.tone, layout)}`;
    })
    .join('\n');
}

function tableText(columns: readonly Column[], given: readonly (readonly CellText[])[], layout: Layout): string {
  const rows = given.map((row) => row.map(cellOf));
  if (!layout.isTerminal) {
    return [columns.map(({ title }) => title), ...rows.map((row) => row.map(({ text }) => text))]
      .map((texts) => texts.join('\t'))
      .join('\n');
  }
  const shown = fittingColumns(columns, rows, layout.columns);
  const mark = layout.hasUnicode ? '…' : '.';
  const lineOf = (cells: readonly Cell[]) =>
    shown
      .map(({ index, width }) => {
        const { text, tone } = cells[index]!;
        return toned(padded(fitted(text, width, mark), width, columns[index]!.isRight), tone, layout);
      })
      .join(GAP)
      .trimEnd();
  return [lineOf(columns.map(({ title }) => ({ text: title, tone: 'dim' }))), ...rows.map(lineOf)].join('\n');
}
