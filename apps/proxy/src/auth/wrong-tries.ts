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

/** Counts wrong tokens and keys per minute and address (IPv6: per /64). Wrong admin tokens: five are allowed. */
export class WrongTries {
  private readonly byAddress = new Map<string, { count: number; sinceMs: number }>();

  constructor(private readonly maxTries = MAX_TRIES) {}

  /** Seconds until the next try is allowed, without counting one; 0 if it is allowed now. */
  waitSecondsOf(address: string, nowMs: number): number {
    const tries = this.byAddress.get(addressBlockOf(address));
    if (!tries || tries.count < this.maxTries || nowMs - tries.sinceMs >= WINDOW_MS) return 0;
    return Math.ceil((tries.sinceMs + WINDOW_MS - nowMs) / 1_000);
  }

  /** Counts a wrong token. */
  note(address: string, nowMs: number): WrongTry {
    const block = addressBlockOf(address);
    const known = this.byAddress.get(block);
    const isOver = !known || nowMs - known.sinceMs >= WINDOW_MS;
    const tries = isOver ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 };
    this.byAddress.delete(block);
    this.byAddress.set(block, tries);
    if (this.byAddress.size > MAX_ADDRESSES) this.byAddress.delete(this.byAddress.keys().next().value!);
    const isTooMany = tries.count > this.maxTries;
    return { count: tries.count, waitSeconds: isTooMany ? Math.ceil((tries.sinceMs + WINDOW_MS - nowMs) / 1_000) : 0 };
  }
}
