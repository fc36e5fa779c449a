const BEATS = 0;
const IS_WATCHED = 1;
const NOTE_LENGTH = 2;
const HEAD_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;
const MAX_NOTE_BYTES = 256;

const encoder = new TextEncoder();

/** What the event loop lets the watching thread see, in memory that both share: it is there while the loop stands still. */
export class SharedPulse {
  private readonly numbers: Int32Array;
  private readonly text: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.numbers = new Int32Array(memory, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.text = new Uint8Array(memory, HEAD_BYTES);
  }

  static create(): SharedPulse {
    return new SharedPulse(new SharedArrayBuffer(HEAD_BYTES + MAX_NOTE_BYTES));
  }

  get beats(): number {
    return Atomics.load(this.numbers, BEATS);
  }

  get isWatched(): boolean {
    return Atomics.load(this.numbers, IS_WATCHED) === 1;
  }

  beat(isWatched: boolean): void {
    Atomics.store(this.numbers, IS_WATCHED, isWatched ? 1 : 0);
    Atomics.add(this.numbers, BEATS, 1);
  }

  /** What the process works on. Read only where the loop stands still, so that no half of it is seen. */
  note(text: string): void {
    Atomics.store(this.numbers, NOTE_LENGTH, encoder.encodeInto(text, this.text).written);
  }

  get noted(): string {
    return Buffer.from(this.text.slice(0, Atomics.load(this.numbers, NOTE_LENGTH))).toString();
  }
}
