const MAX_TRIES = 5;
const WINDOW_MS = 60_000;
/** Addresses beyond this share the oldest one's fate: they are forgotten first. */
const MAX_ADDRESSES = 10_000;

/** Counts wrong tokens: five a minute and address, so that none can be guessed. */
export class WrongTries {
  private readonly byAddress = new Map<string, { count: number; sinceMs: number }>();

  /** Seconds until the next try; 0 where one may be made. */
  waitSeconds(address: string, nowMs: number): number {
    const tries = this.byAddress.get(address);
    if (!tries || tries.count < MAX_TRIES) return 0;
    return Math.max(0, Math.ceil((tries.sinceMs + WINDOW_MS - nowMs) / 1_000));
  }

  note(address: string, nowMs: number): void {
    const known = this.byAddress.get(address);
    const isOver = !known || nowMs - known.sinceMs >= WINDOW_MS;
    const tries = isOver ? { count: 1, sinceMs: nowMs } : { ...known, count: known.count + 1 };
    this.byAddress.delete(address);
    this.byAddress.set(address, tries);
    if (this.byAddress.size > MAX_ADDRESSES) this.byAddress.delete(this.byAddress.keys().next().value!);
  }
}
