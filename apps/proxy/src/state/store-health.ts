import { Injectable } from '@nestjs/common';

/** How the store has treated this process: a few outages look alike from inside, and are told in one place. */
@Injectable()
export class StoreHealth {
  private count = 0;
  private unwritten: string | undefined;

  /** Since the start of the process. */
  get failures(): number {
    return this.count;
  }

  /** Why the last exchanges could not be written: a disk that is full or read-only still reads. */
  get writeFailure(): string | undefined {
    return this.unwritten;
  }

  noteFailure(): void {
    this.count += 1;
  }

  /** The exchanges wait for the next try. */
  noteUnwritten(error: unknown): void {
    this.unwritten = failureOf(error);
  }

  noteWritten(): void {
    this.unwritten = undefined;
  }
}

/** In one word, for the operator; the whole error is in the log. */
export function failureOf(error: unknown): string {
  return (error as { kind?: string } | undefined)?.kind ?? 'failed';
}
