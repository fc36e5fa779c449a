import { addressBlockOf } from './address-block.js';

const MAX_TRIES = 5;
const WINDOW_MS = 60_000;
/** Beyond this limit the oldest address is forgotten. */
const MAX_ADDRESSES = 10_000;

export interface WrongTry {
  /** Number of the try within its minute, from 1. */
  readonly count: number;
  /** Seconds until the next try; 0 for the first five. */
  readonly waitSeconds: number;
}

/** Counts wrong admin tokens: five per minute and address (IPv6: per /64). */
export class WrongTries {
  private readonly byAddress = new Map<string, { count: number; sinceMs: number }>();

  /** Counts a wrong token. */
  note(address: string, nowMs: number): WrongTry {
    const block = addressBlockOf(address);
    const known = this.byAddress.get(block);
    const isOver = !known || nowMs - known.sinceMs >= WINDOW_MS;
    const tries = isOver ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 };
    this.byAddress.delete(block);
    this.byAddress.set(block, tries);
    if (this.byAddress.size > MAX_ADDRESSES) this.byAddress.delete(this.byAddress.keys().next().value!);
    const isTooMany = tries.count > MAX_TRIES;
    return { count: tries.count, waitSeconds: isTooMany ? Math.ceil((tries.sinceMs + WINDOW_MS - nowMs) / 1_000) : 0 };
  }
}
