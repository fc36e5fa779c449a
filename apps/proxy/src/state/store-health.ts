import { Injectable } from '@nestjs/common';

/** Failures of the store in this process, collected for the health page and the metrics. */
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

  /** Writes that were retried after a conflict with another writer of the same item. Not failures. */
  get conflicts(): number {
    return this.conflictCount;
  }

  /** Items that the store can never accept: too large, or not storable. Other items were written. */
  get refusedItems(): number {
    return this.refusedCount;
  }

  /** Why the last exchanges could not be written. Reads can still work, for example on a full or read-only disk. */
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

  /** Called for exchanges that wait for a retry. */
  noteUnwritten(error: unknown): void {
    this.unwritten = failureOf(error);
  }

  noteWritten(): void {
    this.unwritten = undefined;
  }
}

/** One word for the operator; the log has the whole error. */
export function failureOf(error: unknown): string {
  return (error as { kind?: string } | undefined)?.kind ?? 'failed';
}
