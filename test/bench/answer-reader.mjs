const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LF = 0x0a;

/** Reads answers from a socket: with a length, or in chunks, for any split of the bytes. */
export class AnswerReader {
  /** `onBody(bytes)`, `onEnd(status)`, `onHead()`. */
  constructor(handlers) {
    this.handlers = handlers;
    this.reset();
  }

  reset() {
    this.state = 'head';
    this.pending = undefined;
    this.remaining = 0;
    this.status = 0;
  }

  push(chunk) {
    let bytes = this.pending ? Buffer.concat([this.pending, chunk]) : chunk;
    this.pending = undefined;
    if (this.state === 'head') {
      const end = bytes.indexOf(END_OF_HEAD);
      if (end === -1) {
        this.pending = bytes;
        return;
      }
      this.readHead(bytes.latin1Slice(0, end));
      bytes = bytes.subarray(end + 4);
    }
    if (this.state === 'length') this.readLength(bytes);
    else this.readChunks(bytes);
  }

  readHead(head) {
    this.status = Number(head.slice(9, 12));
    const length = /content-length: *(\d+)/i.exec(head);
    this.state = length ? 'length' : 'size';
    this.remaining = length ? Number(length[1]) : 0;
    this.handlers.onHead();
  }

  readLength(bytes) {
    this.remaining -= bytes.length;
    this.handlers.onBody(bytes);
    if (this.remaining <= 0) this.end();
  }

  readChunks(bytes) {
    let at = 0;
    while (at < bytes.length && this.state !== 'head') {
      if (this.state === 'data') {
        at = this.readData(bytes, at);
        continue;
      }
      const lineEnd = bytes.indexOf(LF, at);
      if (lineEnd === -1) {
        this.pending = bytes.subarray(at);
        return;
      }
      this.readLine(bytes.latin1Slice(at, lineEnd).trimEnd());
      at = lineEnd + 1;
    }
  }

  readData(bytes, at) {
    const end = Math.min(at + this.remaining, bytes.length);
    this.handlers.onBody(bytes.subarray(at, end));
    this.remaining -= end - at;
    if (this.remaining === 0) this.state = 'gap';
    return end;
  }

  /** The size of a chunk, the empty line after it, or the empty line after the last chunk. */
  readLine(line) {
    if (this.state === 'last') this.end();
    else if (this.state === 'gap') this.state = 'size';
    else {
      this.remaining = Number.parseInt(line, 16);
      this.state = this.remaining === 0 ? 'last' : 'data';
    }
  }

  end() {
    const { status } = this;
    this.reset();
    this.handlers.onEnd(status);
  }
}
