import type { AnswerBody, BodySink } from '@claude-proxy/upstream';

/** An answer whose bytes are looked at on their way. `onEnd` is called where it ends whole, and only there. */
export class WatchedBody implements AnswerBody, BodySink {
  private sink!: BodySink;

  constructor(
    private readonly source: AnswerBody,
    private readonly onChunk: (chunk: Buffer) => void,
    private readonly onEnd: () => void,
  ) {}

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.source.pipe(this);
  }

  resume(): void {
    this.source.resume();
  }

  destroy(): void {
    this.source.destroy();
  }

  write(chunk: Buffer): boolean {
    this.onChunk(chunk);
    return this.sink.write(chunk);
  }

  end(): void {
    this.onEnd();
    this.sink.end();
  }

  fail(error: Error): void {
    this.sink.fail(error);
  }
}
