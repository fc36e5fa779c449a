import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Transform, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import type { AnswerEncoding } from './answer-options.js';
import type { RecordedRequest } from './http-recording.js';
import type { SimulatedExchange } from './simulated-server.js';

/** Writes the body of an answer with back-pressure and optional compression, and can break it off after any byte. */
export class AnswerWriter {
  readonly #response: ServerResponse;
  readonly #recorded: RecordedRequest;
  readonly #signal: AbortSignal;
  readonly #target: Writable;

  constructor({ response, recorded, signal }: SimulatedExchange, encoding: AnswerEncoding | undefined) {
    this.#response = response;
    this.#recorded = recorded;
    this.#signal = signal;
    this.#target = encoding === undefined ? response : flushingEncoder(encoding);
    if (this.#target !== response) this.#target.pipe(response);
    signal.addEventListener('abort', () => this.#target.destroy(), { once: true });
  }

  async write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    this.#recorded.bytesWritten += bytes.length;
    if (!this.#target.write(bytes)) await this.#drained(this.#target);
  }

  end(): void {
    this.#target.end();
  }

  async destroy(): Promise<void> {
    this.#recorded.brokenBySimulator = true;
    while (this.#target.writableLength > 0 && !this.#signal.aborted) await nextTurn();
    await nextTurn();
    const socket = this.#response.socket;
    if (socket && socket.writableLength > 0) await this.#drained(socket);
    this.#response.destroy();
  }

  async #drained(stream: Writable): Promise<void> {
    await once(stream, 'drain', { signal: this.#signal });
  }
}

function flushingEncoder(encoding: AnswerEncoding): Transform {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;
  if (encoding === 'br') return zlib.createBrotliCompress({ flush: BROTLI_OPERATION_FLUSH });
  if (encoding === 'zstd') return zlib.createZstdCompress({ flush: ZSTD_e_flush });
  const flush = { flush: Z_SYNC_FLUSH };
  return encoding === 'gzip' ? zlib.createGzip(flush) : zlib.createDeflate(flush);
}
