import { SilenceAlarm } from './silence-alarm.js';

/** Has the name and the message of the SDK's own socket timeout. */
class SilenceError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Controls the lifetime of one call to Bedrock. The call is aborted when the caller leaves, when the reader stops, and
 * when Bedrock is silent. Otherwise the model would continue at the operator's cost: leaving the iterator does not
 * close an HTTP/1.1 connection.
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

  /** True if the gateway has ended the call, so that no error must be reported. */
  get isReleased(): boolean {
    return this.signal.aborted && !this.silence;
  }

  /** The reason of the abort, or the error of the call itself. */
  causeOf(error: unknown): unknown {
    return this.silence ?? error;
  }

  /** Releases all resources. Has no effect on a finished call. */
  cut(): void {
    this.caller.removeEventListener('abort', this.onCallerGone);
    this.alarm.disarm();
    this.controller.abort();
  }

  /** The result, or a rejection as soon as the call is aborted: work such as a credential lookup has no abort. */
  wait<Result>(work: Promise<Result>): Promise<Result> {
    return this.alarm.during(Promise.race([work, this.cutting]));
  }
}
