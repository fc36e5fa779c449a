import type { RequestLine } from '@claude-proxy/admin-api';
import { type Cell, type Tone, toned } from '../text/blocks.js';
import type { Layout } from '../text/layout.js';
import { countText, durationText, moneyText } from '../text/numbers.js';
import { padded, printable } from '../text/width.js';

export const LINE_TITLES = [
  '!TIME',
  '!ID',
  'USER',
  'MODEL',
  '?UPSTREAM',
  '>STATUS',
  '?>FIRST BYTE',
  '?>DURATION',
  '?>TOKENS',
  '>COST',
];

export function lineCells(line: RequestLine, nowMs: number): (Cell | string)[] {
  const tone = toneOf(line);
  return [
    timeText(line.started_at, nowMs),
    line.id,
    line.user,
    line.model ?? line.operation,
    line.is_fallback ? `${line.upstream ?? '-'} (fallback)` : (line.upstream ?? '-'),
    { text: stateText(line), ...(tone && { tone }) },
    line.first_byte_ms === null ? '-' : durationText(line.first_byte_ms),
    durationText(line.duration_ms),
    countText(line.input_tokens + line.cache_creation_input_tokens + line.cache_read_input_tokens + line.output_tokens),
    moneyText(line.cost_usd),
  ];
}

const WIDTHS = [8, 28, 12, 24, 20, 12, 8, 8, 8, 8];

/** A line of a stream: its columns have fixed widths, because the next lines are not known. */
export function lineText(line: RequestLine, layout: Layout, nowMs: number): string {
  const cells: readonly Cell[] = lineCells(line, nowMs).map((cell) =>
    typeof cell === 'string' ? { text: cell } : cell,
  );
  if (!layout.isTerminal) return cells.map(({ text }) => printable(text)).join('\t');
  return shownColumns(layout.columns)
    .map((index) => {
      const cell = cells[index]!;
      return toned(padded(printable(cell.text), WIDTHS[index]!), cell.tone, layout);
    })
    .join(' ')
    .trimEnd();
}

/** Without optional columns where a line does not fit. */
function shownColumns(available: number): number[] {
  const shown = WIDTHS.map((_, index) => index);
  while (shown.reduce((sum, index) => sum + WIDTHS[index]! + 1, -1) > available) {
    const last = shown.findLastIndex((index) => LINE_TITLES[index]!.startsWith('?'));
    if (last < 0) break;
    shown.splice(last, 1);
  }
  return shown;
}

function toneOf({ outcome, is_fallback }: RequestLine): Tone | undefined {
  if (outcome === 'refused' || outcome === 'broken') return 'bad';
  return outcome === 'aborted' || is_fallback ? 'warn' : undefined;
}

function stateText({ status, outcome }: RequestLine): string {
  return outcome === 'completed' ? String(status) : `${status || '-'} ${outcome}`;
}

/** `14:53:25`, or `11-26 14:53` on another day, in the time zone of this machine. */
export function timeText(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  if (at.toDateString() === new Date(nowMs).toDateString()) return clockText(atMs);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())} ${clockText(atMs).slice(0, 5)}`;
}

/** In the time zone of this machine. */
export function clockText(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
