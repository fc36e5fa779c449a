import { durationText } from '../text/numbers.js';
import { cell, type FrameLayout, type FrameLine } from './frame-line.js';
import type { TopState } from './top-state.js';

const MAX_STREAM_ROWS = 5;
/** A text event of Anthropic has about 145 bytes for 5 tokens. The exact number is known at the end. */
const BYTES_PER_TOKEN = 30;
const MIN_SPEED_MS = 200;

export function streamLines(
  { streams, streamHost, tasks, hasDetails }: TopState,
  { columns }: FrameLayout,
): FrameLine[] {
  if (streams.length === 0) return [];
  const shown = hasDetails ? streams : streams.slice(0, MAX_STREAM_ROWS);
  const isWide = columns >= 110;
  const rows = shown.map(({ user, model, upstream, elapsed_ms, first_byte_ms, answer_bytes }): FrameLine => {
    const name = model ?? '-';
    const cells = [
      cell(user, isWide ? 24 : 14),
      cell(isWide ? name : name.replace(/^claude-/, ''), isWide ? 26 : 14),
      cell(upstream ?? '-', isWide ? 14 : 9),
      cell(durationText(elapsed_ms), 6),
      first_byte_ms === null
        ? 'waits for the first byte'
        : `first byte ${durationText(first_byte_ms)}  ~${tokensPerSecond(answer_bytes, elapsed_ms - first_byte_ms)} tokens/s`,
    ];
    return { text: `  ${cells.join(' ')}` };
  });
  const rest = streams.length - shown.length;
  const place = tasks > 1 ? ` on ${streamHost ?? 'the task that answers'}, one of ${tasks} tasks` : '';
  return [
    { text: `Streams in flight (${streams.length})${place}${rest > 0 ? `, ${rest} more: press d` : ''}`, tone: 'dim' },
    ...rows,
  ];
}

function tokensPerSecond(bytes: number, ms: number): number {
  return ms < MIN_SPEED_MS ? 0 : Math.round((bytes / BYTES_PER_TOKEN / ms) * 1_000);
}
