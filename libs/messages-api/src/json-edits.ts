import type { JsonMember, JsonView } from './json-view.js';

/** The changes of one object or list. */
interface ContainerChange {
  readonly removed: Set<number>;
  readonly first: string[];
  readonly last: string[];
}

/**
 * Edits in a JSON text that keep every other byte. Parsing and printing would change numbers, escapes and whitespace,
 * and would thereby break prompt caches and signatures. The same edits of the same text always give the same bytes.
 */
export class JsonEdits {
  private readonly replaced = new Map<JsonView, string>();
  private readonly changed = new Map<JsonView, ContainerChange>();

  /** Replaces a value with other JSON. */
  replace(value: JsonView, json: string): void {
    this.replaced.set(value, json);
  }

  /** Removes every member with this key. Returns whether there was one. */
  remove(object: JsonView, key: string): boolean {
    let isFound = false;
    for (const [index, member] of object.members().entries()) {
      if (member.key !== key) continue;
      isFound = true;
      this.changeOf(object).removed.add(index);
    }
    return isFound;
  }

  /** Keeps only the last member of a repeated key, so that all readers of the text see the same value. */
  removeRepeated(object: JsonView): void {
    const members = object.members();
    if (isShortAndUnrepeated(members)) return;
    const seen = new Set<string>();
    for (let index = members.length - 1; index >= 0; index -= 1) {
      const { key } = members[index]!;
      if (seen.has(key)) this.changeOf(object).removed.add(index);
      seen.add(key);
    }
  }

  removeItem(list: JsonView, index: number): void {
    this.changeOf(list).removed.add(index);
  }

  /** Replaces the value of a member, or adds the member at the end. */
  set(object: JsonView, key: string, json: string): void {
    const member = object.get(key);
    if (member) this.replace(member, json);
    else this.append(object, `${JSON.stringify(key)}:${json}`);
  }

  /** Adds an item, or a member with its key, at the end. */
  append(container: JsonView, json: string): void {
    this.changeOf(container).last.push(json);
  }

  /** Adds an item, or a member with its key, at the start, after items that were prepended earlier. */
  prepend(container: JsonView, json: string): void {
    this.changeOf(container).first.push(json);
  }

  isRemoved(container: JsonView, index: number): boolean {
    return this.changed.get(container)?.removed.has(index) ?? false;
  }

  isReplaced(value: JsonView): boolean {
    return this.replaced.has(value);
  }

  /** True if the edits leave a list or an object empty. */
  leavesEmpty(container: JsonView): boolean {
    const change = this.changed.get(container);
    const count = container.parts().length;
    return change ? change.removed.size === count && change.first.length + change.last.length === 0 : count === 0;
  }

  /** The text of a value with all edits applied; the original bytes if there are no edits. */
  rendered(value: JsonView): Buffer {
    const pieces = new Pieces(value.bytes);
    this.write(value, pieces);
    return pieces.joined();
  }

  private write(value: JsonView, pieces: Pieces): void {
    const replacement = this.replaced.get(value);
    const change = this.changed.get(value);
    if (replacement !== undefined) pieces.add(replacement);
    else if (change) this.writeChanged(value, change, pieces);
    else this.writeKept(value, pieces);
  }

  private writeKept(container: JsonView, pieces: Pieces): void {
    let at = container.start;
    for (const value of container.foundValues()) {
      pieces.copy(at, value.start);
      this.write(value, pieces);
      at = value.end;
    }
    pieces.copy(at, container.end);
  }

  private writeChanged(container: JsonView, { removed, first, last }: ContainerChange, pieces: Pieces): void {
    const parts = container.parts();
    const isAnyKept = removed.size < parts.length;
    const inside = container.start + 1;
    pieces.copy(container.start, inside);
    pieces.add([...first, ...(isAnyKept ? [] : last)].join(','));
    if (isAnyKept && first.length > 0) pieces.add(',');
    let isAnyWritten = false;
    for (const [index, { start, value }] of parts.entries()) {
      if (removed.has(index)) continue;
      const separatorStart = isAnyWritten ? parts[index - 1]!.value.end : inside;
      const separatorEnd = isAnyWritten ? start : parts[0]!.start;
      pieces.copy(separatorStart, separatorEnd);
      pieces.copy(start, value.start);
      this.write(value, pieces);
      isAnyWritten = true;
    }
    if (isAnyKept) pieces.add(last.map((json) => `,${json}`).join(''));
    pieces.copy(parts.at(-1)?.value.end ?? inside, container.end);
  }

  private changeOf(container: JsonView): ContainerChange {
    const known = this.changed.get(container);
    if (known) return known;
    const change: ContainerChange = { removed: new Set(), first: [], last: [] };
    this.changed.set(container, change);
    return change;
  }
}

const FEW_MEMBERS = 8;

/** True for nearly all objects of a conversation: comparing a few keys costs less than a set. */
function isShortAndUnrepeated(members: readonly JsonMember[]): boolean {
  if (members.length > FEW_MEMBERS) return false;
  for (let index = 1; index < members.length; index += 1) {
    for (let other = 0; other < index; other += 1) {
      if (members[index]!.key === members[other]!.key) return false;
    }
  }
  return true;
}

/** A text under construction: spans of the source and inserted strings. Adjacent spans are merged. */
class Pieces {
  private readonly pieces: Buffer[] = [];
  private spanStart = 0;
  private spanEnd = 0;

  constructor(private readonly bytes: Buffer) {}

  copy(start: number, end: number): void {
    if (start === end) return;
    if (start !== this.spanEnd) {
      this.endSpan();
      this.spanStart = start;
    }
    this.spanEnd = end;
  }

  add(json: string): void {
    if (json === '') return;
    this.endSpan();
    this.pieces.push(Buffer.from(json));
  }

  joined(): Buffer {
    this.endSpan();
    return this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
  }

  private endSpan(): void {
    if (this.spanEnd > this.spanStart) this.pieces.push(this.bytes.subarray(this.spanStart, this.spanEnd));
    this.spanStart = this.spanEnd;
  }
}
