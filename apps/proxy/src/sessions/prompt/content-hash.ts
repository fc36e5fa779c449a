import { ByteHash, type HashedSpans, JsonView } from '@claude-proxy/messages-api';

const CACHE_CONTROL = 'cache_control';
/** Distinguish the kinds of values, so that a list is not the same as its only item. */
const TEXT = 1;
const OBJECT = 2;
const LIST = 3;

/** Hashes values in a JSON text by their content, without their cache breakpoints. */
export class ContentHash {
  private readonly hash: ByteHash;

  /** @param bytes a text that is known to be valid JSON */
  constructor(readonly bytes: Buffer) {
    this.hash = new ByteHash(bytes);
  }

  /** Of the bytes as they are. */
  raw(start: number, end: number): number {
    return this.hash.of(start, end);
  }

  /** How many spans at the beginning are the same. */
  equalSpans(spans: HashedSpans): number {
    return this.hash.equalSpans(spans);
  }

  /** The value that begins at a position. */
  viewAt(position: number): JsonView {
    const { hash, bytes } = this;
    const text = position === 0 ? bytes : bytes.subarray(position);
    return JsonView.of(text, (start) => {
      const end = hash.stringEnd(position + start);
      return end === undefined ? undefined : end - position;
    });
  }

  pair(first: number, second: number): number {
    return this.hash.pair(first, second);
  }

  /** @param base where the text of the view begins in this text */
  ofBlock(view: JsonView, base: number): number {
    const text = view.isString ? view : onlyTextIn(view);
    return text ? this.ofText(text, base) : this.ofValue(view, base);
  }

  private ofText({ start, end }: JsonView, base: number): number {
    return this.pair(TEXT, this.raw(base + start, base + end));
  }

  private ofValue(view: JsonView, base: number): number {
    if (view.isObject) return this.ofObject(view, base);
    const { start, end } = view;
    const hasBreakpoint = view.isArray && this.bytes.subarray(base + start, base + end).includes(CACHE_CONTROL);
    if (!hasBreakpoint) return this.raw(base + start, base + end);
    return view.items().reduce((sum, item) => this.pair(sum, this.ofBlock(item, base)), LIST);
  }

  private ofObject(view: JsonView, base: number): number {
    let sum = OBJECT;
    for (const { key, start, value } of view.members()) {
      if (key === CACHE_CONTROL) continue;
      const name = this.raw(base + start, base + value.start);
      // Below the members of a block only the content of tool results can have breakpoints.
      const content = value.isArray ? this.ofValue(value, base) : this.raw(base + value.start, base + value.end);
      sum = this.pair(sum, this.pair(name, content));
    }
    return sum;
  }
}

/** The text of `{"type": "text", "text": ...}`; undefined for a block with other members. */
function onlyTextIn(view: JsonView): JsonView | undefined {
  if (!view.isObject || view.text('type') !== 'text') return undefined;
  const hasOthers = view.members().some(({ key }) => key !== 'type' && key !== 'text' && key !== CACHE_CONTROL);
  const text = view.get('text');
  return hasOthers || !text?.isString ? undefined : text;
}

/** The breakpoint of a block; undefined without one. */
export function breakpointOf(view: JsonView): { readonly isForAnHour: boolean } | undefined {
  const control = view.isObject ? view.get(CACHE_CONTROL) : undefined;
  return control?.isObject ? { isForAnHour: control.text('ttl') === '1h' } : undefined;
}
