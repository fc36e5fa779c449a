import { Injectable } from '@nestjs/common';

/** How the store has treated this process: a few outages look alike from inside, and are reported in one place. */
@Injectable()
export class StoreHealth {
  private count = 0;
  private conflictCount = 0;
  private refusedCount = 0;
  private unwritten: string | undefined;

  /** Since the start of the process. */
  get failures(): number {
    return this.count;
  }

  /** Writes that met another writer of the same item and were sent again: no failure, only work. */
  get conflicts(): number {
    return this.conflictCount;
  }

  /** Items that the store will never take: too large, or not storable. Their neighbors were written. */
  get refusedItems(): number {
    return this.refusedCount;
  }

  /** Why the last exchanges could not be written: a disk that is full or read-only still reads. */
  get writeFailure(): string | undefined {
    return this.unwritten;
  }

  noteFailure(): void {
    this.count += 1;
  }

  noteConflict(): void {
    this.conflictCount += 1;
  }

  noteRefusedItem(): void {
    this.refusedCount += 1;
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
