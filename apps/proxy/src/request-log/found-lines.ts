import { type LineOrder, lineComparator, type RequestLine } from '@claude-proxy/admin-api';

/** The first lines that were added, which are the newest ones. */
export class NewestLines {
  private readonly lines: RequestLine[] = [];

  constructor(private readonly limit: number) {}

  get isFull(): boolean {
    return this.lines.length >= this.limit;
  }

  add(line: RequestLine): void {
    this.lines.push(line);
  }

  toArray(): RequestLine[] {
    return this.lines;
  }
}

/** The first lines of an order among all that were added. It is never full: the next line may be before all others. */
export class FirstLines {
  private lines: RequestLine[] = [];
  readonly isFull = false;
  private readonly compare: (a: RequestLine, b: RequestLine) => number;

  constructor(
    order: LineOrder,
    private readonly limit: number,
  ) {
    this.compare = lineComparator(order);
  }

  add(line: RequestLine): void {
    this.lines.push(line);
    if (this.lines.length > 2 * this.limit) this.lines = this.toArray();
  }

  toArray(): RequestLine[] {
    return this.lines.toSorted(this.compare).slice(0, this.limit);
  }
}
