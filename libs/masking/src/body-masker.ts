import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type JsonMember, JsonView } from '@claude-proxy/messages-api';
import { ScannedText } from './detection/scanned-text.js';
import { walkTextStrings } from './json-strings.js';
import { MaskCache } from './mask-cache.js';
import { MaskMap } from './mask-map.js';
import { Placeholders } from './placeholders.js';
import { type MaskOptions, type Replacement, TextSearch } from './text-masker.js';

/** The members that a model reads, in its order. What precedes in it is never changed by what follows. */
const IN_ORDER = ['tools', 'system', 'messages'];
/** Members that are not text. */
const UNTOUCHED = new Set(['model', 'metadata', 'stream', 'max_tokens', 'betas', 'anthropic_version', 'thread']);
/** About 60 MB at most. */
const CACHE_LIMIT = 200_000;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;

export interface MaskedBody {
  /** The body with its originals replaced, of the same length; undefined if there are none. */
  readonly body: Buffer | undefined;
  readonly map: MaskMap;
  /** Replacements by form. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Something that should have been masked is still there. */
export class ResidualError extends Error {
  override readonly name = 'ResidualError';
}

/** Masks the bodies of one tenant. */
export class BodyMasker {
  private readonly placeholders: Placeholders;
  private readonly cache = new MaskCache(CACHE_LIMIT);

  constructor(
    key: Buffer,
    readonly options: MaskOptions,
  ) {
    this.placeholders = new Placeholders(key);
  }

  newMap(): MaskMap {
    return new MaskMap(this.placeholders);
  }

  /**
   * Only the bytes of originals are replaced. Each original has as many characters as its placeholder, so everything else stays
   * where it is.
   *
   * @throws ResidualError, TooDeepError, JsonTooLargeError, JsonSyntaxError
   */
  mask(body: Buffer): MaskedBody {
    const task = new MaskTask(body, this.newMap(), this.options, this.cache);
    for (const _ of task.request(JsonView.of(body)));
    return task.result();
  }

  /** The same for a large body, in more than one turn of the event loop. */
  async maskInTurns(body: Buffer): Promise<MaskedBody> {
    const task = new MaskTask(body, this.newMap(), this.options, this.cache);
    await inTurns(task.request(JsonView.of(body)));
    return task.result();
  }

  /** The body of a batch: each of its requests by itself, so that a request is masked alike inside and outside of one. */
  async maskBatch(body: Buffer): Promise<MaskedBody> {
    const all = this.newMap();
    const counts = new Map<string, number>();
    let masked = body;
    for (const request of JsonView.of(body).get('requests')?.items() ?? []) {
      const task = new MaskTask(masked, this.newMap(), this.options, this.cache);
      const params = request.get('params');
      if (params) await inTurns(task.request(params));
      const result = task.result();
      masked = result.body ?? masked;
      for (const pair of result.map.pairs) all.add(pair);
      for (const [rule, count] of result.counts) counts.set(rule, (counts.get(rule) ?? 0) + count);
    }
    return { body: masked === body ? undefined : masked, map: all, counts };
  }
}

const MAX_ROUNDS = 4;
/** Takes some 10 ms. */
const BYTES_OF_A_TURN = 512 * 1024;

async function inTurns(pieces: Generator<number>): Promise<void> {
  let bytes = 0;
  for (const piece of pieces) {
    bytes += piece;
    if (bytes < BYTES_OF_A_TURN) continue;
    bytes = 0;
    await setImmediate();
  }
}

/** One body. */
class MaskTask {
  private readonly counts = new Map<string, number>();
  private masked: Buffer | undefined;

  constructor(
    private readonly body: Buffer,
    private readonly map: MaskMap,
    private readonly options: MaskOptions,
    private readonly cache: MaskCache,
  ) {}

  /** Yields the bytes of each piece after it was masked. */
  *request(view: JsonView): Generator<number> {
    const members = view.members();
    for (const name of IN_ORDER) for (const member of members) if (member.key === name) yield* this.member(member);
    this.map.hasNewKnown = false;
    for (const member of members) {
      if (!IN_ORDER.includes(member.key) && !UNTOUCHED.has(member.key)) yield* this.member(member);
    }
  }

  result(): MaskedBody {
    return { body: this.masked, map: this.map, counts: this.counts };
  }

  private *member({ key, value }: JsonMember): Generator<number> {
    for (const piece of key === 'messages' && value.isArray ? value.items() : [value]) {
      this.piece(piece);
      yield piece.end - piece.start;
    }
  }

  private piece(view: JsonView): void {
    const { body, map, cache } = this;
    const key = map.id + hash('sha256', body.subarray(view.start, view.end), 'base64');
    const known = cache.get(key);
    if (known) {
      this.apply(known.replacements, view.start);
      for (const { pair } of known.replacements) map.add(pair);
      map.id = known.nextId;
      return;
    }
    const replacements = this.find(view);
    cache.set(key, { replacements, nextId: map.id });
  }

  /** A replacement can bring forth a form that was hidden beside another, so a text with one is searched again. */
  private find(view: JsonView): Replacement[] {
    const { map } = this;
    const all: Replacement[] = [];
    let changed: ReadonlySet<number> | undefined;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = this.search(view, changed);
      if (found.size === 0) {
        map.advance(all.map(({ pair }) => pair));
        return all;
      }
      for (const replacements of found.values()) {
        this.apply(replacements, view.start);
        all.push(...replacements);
      }
      changed = new Set(found.keys());
    }
    throw new ResidualError(`a text of the form ${all.at(-1)!.rule} is still there after masking`);
  }

  /**
   * Replacements by the place of their string.
   *
   * @param changed strings to search again, for forms only: what is known was found the first time
   */
  private search(view: JsonView, changed: ReadonlySet<number> | undefined): Map<number, Replacement[]> {
    const { map, options } = this;
    const searches: (readonly [number, TextSearch])[] = [];
    const bytes = this.masked ?? this.body;
    const all = bytes.toString('latin1', view.start, view.end);
    walkTextStrings(view, ({ start, end, before }) => {
      const offset = start - view.start;
      if (changed && !changed.has(offset)) return;
      const text = new ScannedText(all.slice(offset, end - view.start), bytes, start);
      const search = new TextSearch(text, options, before);
      search.learn(map);
      searches.push([offset, search]);
    });
    const found = new Map<number, Replacement[]>();
    for (const [offset, search] of searches) {
      const replacements = search.originals(map, !changed);
      if (replacements.length > 0)
        found.set(
          offset,
          replacements.map((replacement) => shifted(replacement, offset)),
        );
    }
    return found;
  }

  private apply(replacements: readonly Replacement[], offset: number): void {
    if (replacements.length === 0) return;
    this.masked ??= Buffer.from(this.body);
    for (const replacement of replacements) {
      write(this.masked, replacement, offset);
      this.counts.set(replacement.rule, (this.counts.get(replacement.rule) ?? 0) + 1);
    }
  }
}

function shifted(replacement: Replacement, by: number): Replacement {
  const { start, end, matchStart, matchEnd, at } = replacement;
  return {
    ...replacement,
    start: start + by,
    end: end + by,
    matchStart: matchStart + by,
    matchEnd: matchEnd + by,
    at: at?.map((index) => index + by),
  };
}

/** Originals are ASCII, one byte for each character. An escaped character keeps its escape. */
function write(bytes: Buffer, { pair, start, at }: Replacement, offset: number): void {
  const { placeholder } = pair;
  if (!at) {
    bytes.write(placeholder, start + offset, 'latin1');
    return;
  }
  for (let index = 0; index < placeholder.length; index += 1) {
    const position = at[index]! + offset;
    const byte = bytes[position];
    if (byte === BACKSLASH && bytes[position + 1] === 0x75) {
      bytes.write(placeholder.charCodeAt(index).toString(16).padStart(2, '0'), position + 4, 'latin1');
    } else if (byte !== BACKSLASH && byte !== PERCENT) bytes[position] = placeholder.charCodeAt(index);
  }
}
