import { randomFillSync } from 'node:crypto';
import { BYTE_HASH } from './byte-hash.wasm.js';

/** The used part of the standard. TypeScript declares it for browsers only. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** The exports of wasm/byte-hash.ts. */
interface HashExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  textAddress(): number;
  keyAddress(): number;
  windowBytes(): number;
  hashesAddress(): number;
  endsAddress(): number;
  maxSpans(): number;
  begin(): void;
  add(offset: number, length: number): void;
  finish(): number;
  hashOf(offset: number, length: number): number;
  pairOf(first: number, second: number): number;
  equalSpans(count: number): number;
  stringEnd(offset: number, length: number): number;
}

/** Spans of a text that was hashed before: each begins at the end of the one before, the first one at 0. */
export interface HashedSpans {
  readonly ends: Uint32Array;
  readonly hashes: Float64Array;
}

const KEY_BYTES = 64;
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

/** One per process, made on the first use: its memory is a megabyte. */
class HashMachine {
  readonly exports = new Instance(new Module(Buffer.from(BYTE_HASH, 'base64'))).exports as HashExports;
  readonly windowBytes = this.exports.windowBytes();
  /** The text in the window. */
  owner: ByteHash | undefined;
  readonly maxSpans = this.exports.maxSpans();
  readonly ends = new Uint32Array(this.exports.memory.buffer, this.exports.endsAddress(), this.maxSpans);
  readonly hashes = new Float64Array(this.exports.memory.buffer, this.exports.hashesAddress(), this.maxSpans);
  private readonly window = new Uint8Array(this.exports.memory.buffer, this.exports.textAddress(), this.windowBytes);

  constructor() {
    randomFillSync(new Uint8Array(this.exports.memory.buffer, this.exports.keyAddress(), KEY_BYTES));
  }

  load(owner: ByteHash, bytes: Uint8Array, start: number): void {
    this.owner = owner;
    this.window.set(bytes.subarray(start, start + this.windowBytes));
  }
}

let machine: HashMachine | undefined;

/**
 * Hashes spans of one text. Hashes are whole numbers below 2^52. They are keyed at random for each process, so they can
 * be compared within one process only.
 */
export class ByteHash {
  private readonly machine: HashMachine;
  private loadedFrom = 0;
  private loadedTo = 0;

  constructor(private readonly bytes: Uint8Array) {
    machine ??= new HashMachine();
    this.machine = machine;
  }

  of(start: number, end: number): number {
    const { exports, windowBytes } = this.machine;
    if (end - start > windowBytes) return this.ofLong(start, end);
    if (!this.isLoaded(start, end)) this.load(start);
    return exports.hashOf(start - this.loadedFrom, end - start);
  }

  /** How many of the first spans are the same here. All in one call: 400 calls take as long as the hashes themselves. */
  equalSpans({ ends, hashes }: HashedSpans): number {
    const { machine, bytes } = this;
    if (bytes.length > machine.windowBytes || ends.length > machine.maxSpans) return this.equalLongSpans(ends, hashes);
    let count = ends.length;
    while (count > 0 && ends[count - 1]! > bytes.length) count -= 1;
    if (!this.isLoaded(0, bytes.length)) this.load(0);
    machine.ends.set(ends);
    machine.hashes.set(hashes);
    return machine.exports.equalSpans(count);
  }

  /** The end of the JSON string that begins here with its quote; undefined if it is not known. */
  stringEnd(start: number): number | undefined {
    const { machine, bytes } = this;
    if (bytes.length > machine.windowBytes) return undefined;
    if (!this.isLoaded(0, bytes.length)) this.load(0);
    return machine.exports.stringEnd(start, bytes.length) || undefined;
  }

  /** The hash of two hashes in this order. */
  pair(first: number, second: number): number {
    return this.machine.exports.pairOf(first, second);
  }

  private isLoaded(start: number, end: number): boolean {
    return this.machine.owner === this && start >= this.loadedFrom && end <= this.loadedTo;
  }

  private equalLongSpans(ends: Uint32Array, hashes: Float64Array): number {
    let start = 0;
    for (let index = 0; index < ends.length; index += 1) {
      const end = ends[index]!;
      if (end > this.bytes.length || this.of(start, end) !== hashes[index]) return index;
      start = end;
    }
    return ends.length;
  }

  private ofLong(start: number, end: number): number {
    const { exports, windowBytes } = this.machine;
    exports.begin();
    for (let at = start; at < end; at += windowBytes) {
      this.load(at);
      exports.add(0, Math.min(windowBytes, end - at));
    }
    return exports.finish();
  }

  private load(start: number): void {
    // A text that fits is loaded once, whatever its spans.
    const from = this.bytes.length <= this.machine.windowBytes ? 0 : start;
    this.machine.load(this, this.bytes, from);
    this.loadedFrom = from;
    this.loadedTo = Math.min(this.bytes.length, from + this.machine.windowBytes);
  }
}
