import { restoredJson } from './json-restorer.js';
import type { MaskMap } from './mask-map.js';
import { dataOf, dataRange, deltaEvent, endOfEvent, nameOf, usualDelta } from './sse-events.js';
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
/** A longer event is passed on as it is: no upstream sends one. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

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
  private pending: Buffer = NOTHING;

  constructor(
    private readonly map: MaskMap,
    private readonly options: MaskOptions,
    private readonly counts: RestoreCounts,
  ) {}

  /** What can go on after this chunk; may be empty. */
  write(chunk: Buffer): Buffer {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const text = bytes.toString('latin1');
    const out: Buffer[] = [];
    let start = 0;
    /** Events from here on pass together. */
    let passing = 0;
    for (let end = endOfEvent(text, start); end !== -1; end = endOfEvent(text, start)) {
      const changed = this.changed(text, bytes, start, end);
      if (changed) {
        out.push(bytes.subarray(passing, start), changed);
        passing = end;
      }
      start = end;
    }
    // A longer event is passed on as it is.
    if (bytes.length - start > MAX_EVENT_BYTES) start = bytes.length;
    this.pending = start === bytes.length ? NOTHING : bytes.subarray(start);
    if (passing === 0) return start === bytes.length ? bytes : bytes.subarray(0, start);
    return Buffer.concat([...out, bytes.subarray(passing, start)]);
  }

  /** What is held back, at the end of the stream or where it breaks. */
  end(): Buffer {
    const rest = this.pending;
    this.pending = NOTHING;
    return Buffer.concat([this.flushAll(), rest]);
  }

  /** What takes the place of an event; undefined if it passes as it is. */
  private changed(text: string, bytes: Buffer, start: number, end: number): Buffer | undefined {
    const usual = usualDelta(text, start, end);
    if (usual) return this.delta(usual.index, usual.type, usual.text);
    const event = bytes.subarray(start, end);
    switch (nameOf(text.slice(start, end))) {
      case 'content_block_delta':
        return this.unusualDelta(event);
      case 'content_block_stop':
        return this.blockStop(event);
      case 'content_block_start':
        return this.whole(event);
      case 'error':
        return Buffer.concat([this.flushAll(), this.whole(event) ?? event]);
      default:
        return undefined;
    }
  }

  private unusualDelta(bytes: Buffer): Buffer | undefined {
    const event = dataOf(bytes) as DeltaEvent | undefined;
    const type = event?.delta?.type;
    if (!event || typeof type !== 'string' || SIGNED.has(type)) return undefined;
    const member = TEXT_MEMBERS[type];
    const text = member && event.delta[member];
    return typeof text === 'string' ? this.delta(event.index, type, text, event) : this.whole(bytes);
  }

  /** @param event with what else is in it */
  private delta(index: number, type: string, text: string, event?: DeltaEvent): Buffer | undefined {
    const { stream } = this.blockOf(index, type);
    const wasHolding = stream.isHolding;
    const released = stream.push(text);
    if (!wasHolding && released === text) return undefined;
    if (released === '') return NOTHING;
    const delta = { ...(event?.delta ?? { type }), [TEXT_MEMBERS[type]!]: released };
    return deltaEvent({ ...(event ?? { type: 'content_block_delta', index }), delta });
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

  private blockStop(bytes: Buffer): Buffer | undefined {
    const index = dataOf(bytes)?.index;
    const rest = typeof index === 'number' ? this.flush(index) : NOTHING;
    return rest.length === 0 ? undefined : Buffer.concat([rest, bytes]);
  }

  private flushAll(): Buffer {
    return Buffer.concat([...this.blocks.keys()].map((index) => this.flush(index)));
  }

  /** What a block has held back. */
  private flush(index: number): Buffer {
    const block = this.blocks.get(index);
    if (!block) return NOTHING;
    this.blocks.delete(index);
    const rest = block.stream.end();
    if (rest === '') return NOTHING;
    const delta = { type: block.type, [TEXT_MEMBERS[block.type]!]: rest };
    return deltaEvent({ type: 'content_block_delta', index, delta });
  }

  /** An event whose strings are complete; undefined if there is nothing to restore. */
  private whole(bytes: Buffer): Buffer | undefined {
    const range = dataRange(bytes);
    if (!range) return undefined;
    const data = bytes.subarray(range[0], range[1]);
    try {
      const restored = restoredJson(data, this.map, this.options, this.counts);
      if (restored === data) return undefined;
      return Buffer.concat([bytes.subarray(0, range[0]), restored, bytes.subarray(range[1])]);
    } catch {
      // What is not JSON holds no text of a model.
      return undefined;
    }
  }
}
