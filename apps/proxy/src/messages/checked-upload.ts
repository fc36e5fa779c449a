import { Transform, type TransformCallback } from 'node:stream';
import { QuotedObjectIds } from './quoted-object-ids.js';

/** A body that passes as long as `check` does not reject the ids that it quotes; a piece with new ones waits for that. */
export class CheckedUpload extends Transform {
  private readonly quoted = new QuotedObjectIds();

  constructor(private readonly check: (ids: readonly string[]) => Promise<void>) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const before = this.quoted.ids.size;
    this.quoted.write(chunk);
    const fresh = this.quoted.ids.size > before ? [...this.quoted.ids].slice(before) : [];
    if (fresh.length === 0) done(null, chunk);
    else
      this.check(fresh).then(
        () => done(null, chunk),
        (error: Error) => done(error),
      );
  }
}
