import { SilenceAlarm } from './silence-alarm.js';

/** Its name and wording are those of the SDK's own clock on a socket. */
class SilenceError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * What keeps one call to Bedrock going. It is cut when the caller leaves, when the reader stops, and when Bedrock falls
 * silent. Without that the model would go on writing, and the account paying: leaving the SDK's iterator does not close
 * an HTTP/1.1 connection.
 */
export class Lifeline {
  private readonly controller = new AbortController();
  private readonly cutting: Promise<never>;
  private readonly alarm: SilenceAlarm;
  private readonly onCallerGone = () => this.cut();
  private silence: Error | undefined;

  constructor(
    private readonly caller: AbortSignal,
    maxSilenceMs: number,
  ) {
    this.cutting = new Promise((_resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    this.cutting.catch(() => {});
    this.alarm = new SilenceAlarm(maxSilenceMs, () => {
      this.silence = new SilenceError(`AWS Bedrock: ${maxSilenceMs} ms of inactivity`);
      this.cut();
    });
    if (caller.aborted) this.cut();
    else caller.addEventListener('abort', this.onCallerGone, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** True when this side has ended the call and no error has to be reported. */
  get isLetGo(): boolean {
    return this.signal.aborted && !this.silence;
  }

  /** Why the far side was given up, or what the far side itself threw. */
  causeOf(error: unknown): unknown {
    return this.silence ?? error;
  }

  /** Releases everything; harmless on a call that is over. */
  cut(): void {
    this.caller.removeEventListener('abort', this.onCallerGone);
    this.alarm.disarm();
    this.controller.abort();
  }

  /** The result, or a rejection as soon as the line is cut: looking for credentials, for one, cannot be aborted. */
  wait<Result>(work: Promise<Result>): Promise<Result> {
    return this.alarm.during(Promise.race([work, this.cutting]));
  }
}
