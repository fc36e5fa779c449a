import { describe, expect, it } from '@jest/globals';
import { bodyOfChunks, chunksOfBody, readBody } from './answer-body.js';
import type { AnswerBody, BodySink } from './contract.js';

const EMPTY = Buffer.alloc(0);

describe('an answer body', () => {
  it('made of chunks skips empty ones', async () => {
    const body = bodyOfChunks(chunks([EMPTY, Buffer.from('a'), EMPTY, EMPTY, Buffer.from('b'), EMPTY]));
    const received: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const write = (chunk: Buffer) => received.push(String(chunk)) > 0;
      body.pipe({ write, end: resolve, fail: reject });
    });
    expect(received).toEqual(['a', 'b']);
  });

  it('made of chunks ends its source if the reader leaves during a write', async () => {
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>();
    const body = bodyOfChunks(chunks([Buffer.from('a'), Buffer.from('b')], onEnded));
    const write = () => {
      body.destroy();
      return false;
    };
    body.pipe({ write, end() {}, fail() {} });
    await ended;
  });

  it('that delivers an empty chunk at each resume is read to its end', async () => {
    expect(String(await readBody(new FlushingBody(['a', 'b', 'c']), 10))).toBe('abc');
  });

  it('never yields an empty chunk to a pulling reader', async () => {
    const received = await Array.fromAsync(chunksOfBody(new FlushingBody(['a', 'b'])), String);
    expect(received).toEqual(['a', 'b']);
  });
});

async function* chunks(parts: readonly Buffer[], onEnded = () => {}): AsyncGenerator<Buffer> {
  try {
    yield* parts;
  } finally {
    onEnded();
  }
}

/** Like undici's parser: delivers one chunk per turn of the event loop, and an empty one on each resume. */
class FlushingBody implements AnswerBody {
  private sink!: BodySink;
  private isPaused = false;

  constructor(private readonly parts: string[]) {}

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.deliver();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = !this.sink.write(EMPTY);
    if (!this.isPaused) setImmediate(() => this.deliver());
  }

  destroy(): void {}

  private deliver(): void {
    const part = this.parts.shift();
    if (part === undefined) this.sink.end();
    else this.isPaused = !this.sink.write(Buffer.from(part));
  }
}
