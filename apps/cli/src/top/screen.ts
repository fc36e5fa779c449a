import type { OutputStream } from '../core/world.js';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** The alternate screen of a terminal. Writes the lines that have changed only. */
export class Screen {
  private shown: readonly string[] = [];
  private isOpen = false;

  constructor(private readonly output: OutputStream) {}

  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.shown = [];
    this.output.write(`${ENTER}\x1b[2J`);
  }

  /** The terminal as it was before. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.output.write(LEAVE);
  }

  /** After a change of the size, or when another program has written. */
  forget(): void {
    this.shown = [];
    if (this.isOpen) this.output.write('\x1b[2J');
  }

  draw(lines: readonly string[]): void {
    if (!this.isOpen) return;
    const changes = changesBetween(this.shown, lines);
    if (changes === '') return;
    this.shown = lines;
    this.output.write(`${BEGIN_UPDATE}${changes}${END_UPDATE}`);
  }
}

export function changesBetween(before: readonly string[], after: readonly string[]): string {
  return after.map((line, row) => (line === before[row] ? '' : `\x1b[${row + 1};1H${line}\x1b[K`)).join('');
}
