/** Calls back if a wait takes longer than `limitMs`. One timer serves a whole stream and is restarted. */
export class SilenceAlarm {
  private readonly timer: NodeJS.Timeout;
  private isWaiting = false;

  constructor(limitMs: number, onSilence: () => void) {
    this.timer = setTimeout(() => {
      if (this.isWaiting) onSilence();
      else this.timer.refresh();
    }, limitMs);
  }

  async during<Result>(wait: Promise<Result>): Promise<Result> {
    this.isWaiting = true;
    this.timer.refresh();
    try {
      return await wait;
    } finally {
      this.isWaiting = false;
    }
  }

  disarm(): void {
    clearTimeout(this.timer);
  }
}
