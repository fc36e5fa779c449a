import type { JsonView } from '@claude-proxy/messages-api';
import { breakpointOf, ContentHash } from './content-hash.js';
import type { Breakpoint, MessageList } from './prompt.js';

/** A conversation of more messages is not followed: its hashes would take more than a hundred kilobytes. */
const MAX_MESSAGES = 5_000;

const COMMA = 0x2c;
const SPACE = 0x20;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Number of messages at the beginning whose bytes are the same. */
export function keptMessages(content: ContentHash, { ends, raws }: MessageList): number {
  const kept = content.equalSpans({ ends, hashes: raws });
  // The end of the list belongs to no message.
  return kept > 0 && ends[kept - 1]! >= content.bytes.length ? kept - 1 : kept;
}

/**
 * Fingerprints the messages of a body. Messages at the beginning whose bytes are the same are taken from the earlier list.
 *
 * @throws TypeError for what is not a list of messages, RangeError for too many
 */
export function readMessages(content: ContentHash, before?: MessageList, kept = 0): MessageList {
  const reader = new MessageReader(content);
  if (before) reader.keep(before, kept);
  reader.readRest();
  return reader.list();
}

class MessageReader {
  private readonly ends: number[] = [];
  private readonly raws: number[] = [];
  private readonly hashes: number[] = [];
  private readonly assistants: number[] = [];
  private readonly blocks: number[] = [];
  private breakpoints: Breakpoint[] = [];
  private before: MessageList | undefined;
  private kept = 0;
  private end = 0;
  private blockCount = 0;

  constructor(private readonly content: ContentHash) {
    if (content.bytes[0] !== OPEN_BRACKET) throw new TypeError('the messages are not a list');
  }

  keep(before: MessageList, kept: number): void {
    if (kept === 0) return;
    this.before = before;
    this.kept = kept;
    this.end = before.ends[kept - 1]!;
    this.blockCount = before.blocks[kept - 1]!;
    this.breakpoints = before.breakpoints.filter(({ message }) => message <= kept);
  }

  readRest(): void {
    const { bytes } = this.content;
    if (this.kept === 0) {
      for (const message of this.content.viewAt(0).items()) this.add(message, 0);
      return;
    }
    // From there on one by one: a view of the whole list would scan the messages that are kept.
    for (let at = this.startOfNext(); bytes[at] !== CLOSE_BRACKET; at = this.startOfNext()) {
      this.add(this.content.viewAt(at), at);
    }
  }

  list(): MessageList {
    const { before, kept, breakpoints } = this;
    return {
      count: kept + this.ends.length,
      ends: joined(Uint32Array, before?.ends, kept, this.ends),
      raws: joined(Float64Array, before?.raws, kept, this.raws),
      hashes: joined(Float64Array, before?.hashes, kept, this.hashes),
      assistants: joined(Uint8Array, before?.assistants, kept, this.assistants),
      blocks: joined(Uint32Array, before?.blocks, kept, this.blocks),
      breakpoints,
    };
  }

  private startOfNext(): number {
    const { bytes } = this.content;
    let at = this.end;
    while (at < bytes.length && (bytes[at]! <= SPACE || bytes[at] === COMMA)) at += 1;
    if (at === bytes.length) throw new TypeError('the list of messages has no end');
    return at;
  }

  /** @param base where the text of the view begins */
  private add(view: JsonView, base: number): void {
    const { content } = this;
    if (this.kept + this.ends.length === MAX_MESSAGES) throw new RangeError('the conversation is too long');
    const role = view.text('role') ?? '';
    let sum = roleNumber(role);
    const body = view.get('content');
    for (const block of body?.isArray ? body.items() : body ? [body] : []) {
      sum = content.pair(sum, content.ofBlock(block, base));
      this.blockCount += 1;
      const breakpoint = breakpointOf(block);
      if (breakpoint) this.note(breakpoint);
    }
    const end = base + view.end;
    this.raws.push(content.raw(this.end, end));
    this.ends.push(end);
    this.hashes.push(sum);
    this.assistants.push(role === 'assistant' ? 1 : 0);
    this.blocks.push(this.blockCount);
    this.end = end;
  }

  private note({ isForAnHour }: { readonly isForAnHour: boolean }): void {
    this.breakpoints.push({ message: this.kept + this.ends.length + 1, block: this.blockCount, isForAnHour });
  }
}

function roleNumber(role: string): number {
  return role === 'user' ? 1 : role === 'assistant' ? 2 : 3;
}

type Numbers = Uint8Array | Uint32Array | Float64Array;

function joined<List extends Numbers>(
  Type: new (length: number) => List,
  before: List | undefined,
  kept: number,
  added: readonly number[],
): List {
  const list = new Type(kept + added.length);
  if (before) list.set(before.subarray(0, kept));
  list.set(added, kept);
  return list;
}
