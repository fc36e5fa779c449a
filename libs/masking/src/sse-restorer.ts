import { restoredJson } from './json-restorer.js';
import type { MaskMap } from './mask-map.js';
import type { MaskOptions } from './text-masker.js';
import { type RestoreCounts, TextStream } from './text-stream.js';
import { ToolInputStream } from './tool-input-stream.js';

/** The member of a delta that is a piece of a longer text. */
const TEXT_MEMBERS: Readonly<Record<string, 'text' | 'partial_json' | 'content'>> = {
  text_delta: 'text',
  input_json_delta: 'partial_json',
  compaction_delta: 'content',
};
/** Never changed: they are signed. */
const SIGNED = new Set(['thinking_delta', 'signature_delta']);
const LF = 0x0a;
const CR = 0x0d;
/** A longer event is passed on as it is: no upstream sends one. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

interface OpenBlock {
  readonly type: string;
  readonly stream: TextStream | ToolInputStream;
}

interface DeltaEvent {
  readonly index: number;
  readonly delta: Record<string, unknown> & { readonly type?: unknown };
}

/** A stream of server-sent events with its originals, event by event. Events without a placeholder pass byte for byte. */
export class SseRestorer {
  private readonly blocks = new Map<number, OpenBlock>();
  private pending: Buffer = Buffer.alloc(0);
  private out: Buffer[] = [];

  constructor(
    private readonly map: MaskMap,
    private readonly options: MaskOptions,
    private readonly counts: RestoreCounts,
  ) {}

  /** What can go on after this chunk; may be empty. */
  write(chunk: Buffer): Buffer {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let start = 0;
    for (let end = endOfEvent(this.pending, start); end !== -1; end = endOfEvent(this.pending, start)) {
      this.event(this.pending.subarray(start, end));
      start = end;
    }
    this.pending = this.pending.subarray(start);
    if (this.pending.length > MAX_EVENT_BYTES) this.takePending();
    return this.taken();
  }

  /** What is held back, at the end of the stream or where it breaks. */
  end(): Buffer {
    for (const index of [...this.blocks.keys()]) this.flush(index);
    this.takePending();
    return this.taken();
  }

  private takePending(): void {
    if (this.pending.length > 0) this.out.push(this.pending);
    this.pending = Buffer.alloc(0);
  }

  private taken(): Buffer {
    const { out } = this;
    if (out.length === 0) return Buffer.alloc(0);
    this.out = [];
    return out.length === 1 ? out[0]! : Buffer.concat(out);
  }

  private event(bytes: Buffer): void {
    const name = nameOf(bytes);
    if (name === 'content_block_delta') this.delta(bytes);
    else if (name === 'content_block_stop') {
      const index = dataOf(bytes)?.index;
      if (typeof index === 'number') this.flush(index);
      this.out.push(bytes);
    } else if (name === 'content_block_start' || name === 'error') {
      if (name === 'error') for (const index of [...this.blocks.keys()]) this.flush(index);
      this.out.push(this.whole(bytes));
    } else this.out.push(bytes);
  }

  private delta(bytes: Buffer): void {
    const event = dataOf(bytes) as DeltaEvent | undefined;
    const type = event?.delta?.type;
    if (!event || typeof type !== 'string' || SIGNED.has(type)) {
      this.out.push(bytes);
      return;
    }
    const member = TEXT_MEMBERS[type];
    const text = member && event.delta[member];
    if (typeof text !== 'string') {
      this.out.push(this.whole(bytes));
      return;
    }
    const { stream } = this.blockOf(event.index, type);
    const wasHolding = stream.isHolding;
    const released = stream.push(text);
    if (!wasHolding && released === text) this.out.push(bytes);
    else if (released !== '') this.out.push(deltaEvent({ ...event, delta: { ...event.delta, [member!]: released } }));
  }

  private blockOf(index: number, type: string): OpenBlock {
    const known = this.blocks.get(index);
    if (known) return known;
    const { map, options, counts } = this;
    const isJson = type === 'input_json_delta';
    const stream = isJson ? new ToolInputStream(map, options, counts) : new TextStream(map, options, counts);
    const block = { type, stream };
    this.blocks.set(index, block);
    return block;
  }

  private flush(index: number): void {
    const block = this.blocks.get(index);
    if (!block) return;
    this.blocks.delete(index);
    const rest = block.stream.end();
    if (rest === '') return;
    const delta = { type: block.type, [TEXT_MEMBERS[block.type]!]: rest };
    this.out.push(deltaEvent({ type: 'content_block_delta', index, delta }));
  }

  /** An event whose strings are complete. */
  private whole(bytes: Buffer): Buffer {
    const range = dataRange(bytes);
    if (!range) return bytes;
    const data = bytes.subarray(range[0], range[1]);
    try {
      const restored = restoredJson(data, this.map, this.options, this.counts);
      return restored === data
        ? bytes
        : Buffer.concat([bytes.subarray(0, range[0]), restored, bytes.subarray(range[1])]);
    } catch {
      // What is not JSON holds no text of a model.
      return bytes;
    }
  }
}

function deltaEvent(event: object): Buffer {
  return Buffer.from(`event: content_block_delta\ndata: ${JSON.stringify(event)}\n\n`);
}

/** The position after the blank line that ends an event; -1 if it has not come. */
function endOfEvent(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(LF, start); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1];
    if (next === LF) return at + 2;
    if (next === CR && bytes[at + 2] === LF) return at + 3;
  }
  return -1;
}

function nameOf(bytes: Buffer): string | undefined {
  const start = bytes.indexOf('event:');
  if (start === -1 || (start > 0 && bytes[start - 1] !== LF)) return undefined;
  const end = bytes.indexOf(LF, start);
  return bytes.toString('latin1', start + 'event:'.length, end).trim();
}

function dataRange(bytes: Buffer): readonly [number, number] | undefined {
  const at = bytes.indexOf('data:');
  if (at === -1) return undefined;
  const start = bytes[at + 5] === 0x20 ? at + 6 : at + 5;
  const end = bytes.indexOf(LF, start);
  // A second line of data: no upstream writes one.
  return bytes.indexOf('\ndata:', end) === -1 ? [start, bytes[end - 1] === CR ? end - 1 : end] : undefined;
}

function dataOf(bytes: Buffer): Record<string, unknown> | undefined {
  const range = dataRange(bytes);
  if (!range) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8', range[0], range[1]));
  } catch {
    return undefined;
  }
}
