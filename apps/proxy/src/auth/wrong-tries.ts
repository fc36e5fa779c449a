import { Injectable } from '@nestjs/common';
import { addressBlockOf } from './address-block.js';

const MAX_TRIES = 5;
const WINDOW_MS = 60_000;
/** Beyond this the oldest address is forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts wrong admin tokens at all endpoints together: five a minute and address (IPv6: per /64). */
@Injectable()
export class WrongTries {
  private readonly byAddress = new Map<string, { count: number; sinceMs: number }>();

  /** Counts one more. Returns the seconds until the next try, 0 for the first five. */
  note(address: string, nowMs: number): number {
    const block = addressBlockOf(address);
    const known = this.byAddress.get(block);
    const isOver = !known || nowMs - known.sinceMs >= WINDOW_MS;
    const tries = isOver ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 };
    this.byAddress.delete(block);
    this.byAddress.set(block, tries);
    if (this.byAddress.size > MAX_ADDRESSES) this.byAddress.delete(this.byAddress.keys().next().value!);
    return tries.count > MAX_TRIES ? Math.ceil((tries.sinceMs + WINDOW_MS - nowMs) / 1_000) : 0;
  }
}
