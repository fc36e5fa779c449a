import type { AnswerBody, BodySink } from './contract.js';

/** An answer with a known, complete body, such as a refusal. */
export function bodyOfBytes(bytes: Buffer | string): AnswerBody {
  const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  let isDestroyed = false;
  return {
    pipe(sink) {
      if (chunk.length > 0) sink.write(chunk);
      if (!isDestroyed) sink.end();
    },
    resume() {},
    destroy() {
      isDestroyed = true;
    },
  };
}

/**
 * Turns an async iterable into an answer body. The next chunk is pulled when the reader has room. `onDestroy` must
 * close the upstream's connection: leaving a `for await` loop does not always close it.
 */
export function bodyOfChunks(chunks: AsyncIterable<Uint8Array>, onDestroy?: () => void): AnswerBody {
  return new PulledBody(chunks, onDestroy);
}

class PulledBody implements AnswerBody {
  private wake: (() => void) | undefined;
  private isDestroyed = false;
  private readonly chunks: AsyncIterable<Uint8Array>;
  private readonly onDestroy: (() => void) | undefined;

  constructor(chunks: AsyncIterable<Uint8Array>, onDestroy: (() => void) | undefined) {
    this.chunks = chunks;
    this.onDestroy = onDestroy;
  }

  pipe(sink: BodySink): void {
    this.pump(sink).then(
      () => this.isDestroyed || sink.end(),
      (error: Error) => this.isDestroyed || sink.fail(error),
    );
  }

  resume(): void {
    this.wake?.();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.onDestroy?.();
    this.wake?.();
  }

  private async pump(sink: BodySink): Promise<void> {
    for await (const chunk of this.chunks) {
      if (this.isDestroyed) return;
      const hasRoom = chunk.length === 0 || sink.write(asBuffer(chunk));
      if (!hasRoom && !this.isDestroyed) await this.room();
      if (this.isDestroyed) return;
    }
  }

  private room(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** The body as an async iterable, for readers that pull. Leaving the loop destroys the body. */
export async function* chunksOfBody(body: AnswerBody): AsyncGenerator<Buffer> {
  const inbox = new Inbox();
  body.pipe(inbox);
  try {
    while (true) {
      const chunk = inbox.chunks.shift();
      if (chunk) yield chunk;
      else if (inbox.error) throw inbox.error;
      else if (inbox.isOver) return;
      else {
        const arrival = inbox.arrival();
        body.resume();
        await arrival;
      }
    }
  } finally {
    if (!inbox.isOver) body.destroy();
  }
}

/**
 * Pauses the source after each chunk, so it holds at most one read. It skips empty chunks: a body that breaks its
 * contract and delivers one on each `resume()` would otherwise keep the reader in an endless loop.
 */
class Inbox implements BodySink {
  readonly chunks: Buffer[] = [];
  isOver = false;
  error: Error | undefined;
  private wake: (() => void) | undefined;

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return this.chunks.length === 0;
    this.chunks.push(chunk);
    this.wake?.();
    return false;
  }

  end(): void {
    this.isOver = true;
    this.wake?.();
  }

  fail(error: Error): void {
    this.error = error;
    this.end();
  }

  arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/**
 * Reads a whole body. Rejects if the body exceeds `limitBytes`, and when the signal fires: a destroyed body reports
 * nothing more, not even its end.
 */
export function readBody(body: AnswerBody, limitBytes: number, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      body.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    else
      wholeOf(body, limitBytes)
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', leave));
  });
}

async function wholeOf(body: AnswerBody, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOfBody(body)) {
    length += chunk.length;
    if (length > limitBytes) throw new Error(`answer body exceeds ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}
