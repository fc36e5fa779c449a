import { contextOf } from './json-strings.js';
import type { MaskMap } from './mask-map.js';
import type { MaskOptions } from './text-masker.js';
import { type RestoreCounts, TextStream } from './text-stream.js';

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** One character as it is, and as it was spelled. */
interface Spelled {
  readonly character: string;
  readonly raw: string;
}

/**
 * The input of a tool: JSON text in pieces of any size, cut anywhere, also inside an escape. Each string value is restored by
 * itself, as it will be masked by itself in the next request. What is not restored keeps its spelling.
 */
export class ToolInputStream {
  private readonly objects: boolean[] = [];
  private isKeyNext = false;
  private key = '';
  private string: TextStream | undefined;
  private isInKey = false;
  /** An escape that is not complete. */
  private escape = '';
  /** Characters that the string holds back. */
  private readonly spelled: Spelled[] = [];
  private out = '';

  constructor(
    private readonly map: MaskMap,
    private readonly options: MaskOptions,
    private readonly counts: RestoreCounts,
  ) {}

  get isHolding(): boolean {
    return this.spelled.length > 0 || this.escape !== '';
  }

  push(json: string): string {
    let decoded = '';
    for (const raw of json) {
      if (this.string) {
        const next = this.inString(raw);
        if (next === undefined) {
          this.feed(decoded);
          decoded = '';
          this.endString();
        } else decoded += next;
      } else if (this.isInKey) this.inKey(raw);
      else this.outside(raw);
    }
    this.feed(decoded);
    return this.taken();
  }

  end(): string {
    if (this.string) this.write(this.string.end());
    this.out += this.escape;
    this.escape = '';
    return this.taken();
  }

  private taken(): string {
    const { out } = this;
    this.out = '';
    return out;
  }

  private outside(raw: string): void {
    this.out += raw;
    if (raw === '{') this.open(true);
    else if (raw === '[') this.open(false);
    else if (raw === '}' || raw === ']') {
      this.objects.pop();
      this.isKeyNext = false;
    } else if (raw === ',') this.isKeyNext = this.objects.at(-1) ?? false;
    else if (raw === '"') this.beginString();
  }

  private open(isObject: boolean): void {
    this.objects.push(isObject);
    this.isKeyNext = isObject;
  }

  private beginString(): void {
    if (this.isKeyNext) {
      this.isInKey = true;
      this.key = '';
      return;
    }
    this.string = new TextStream(this.map, this.options, this.counts, contextOf(this.key));
  }

  private inKey(raw: string): void {
    this.out += raw;
    if (raw === '"' && this.escape === '') {
      this.isInKey = false;
      this.isKeyNext = false;
      return;
    }
    this.escape = raw === '\\' && this.escape === '' ? '\\' : '';
    this.key += raw;
  }

  /** The character that is complete with this one, or an empty text; undefined at the end of the string. */
  private inString(raw: string): string | undefined {
    if (this.escape === '') {
      if (raw === '"') return undefined;
      if (raw === '\\') {
        this.escape = raw;
        return '';
      }
      return this.spell(raw, raw);
    }
    this.escape += raw;
    const spelling = this.escape;
    if (spelling[1] === 'u' && spelling.length < 6) return '';
    this.escape = '';
    const character =
      spelling[1] === 'u' ? String.fromCharCode(Number.parseInt(spelling.slice(2), 16)) : (ESCAPED[raw] ?? raw);
    return this.spell(character, spelling);
  }

  private spell(character: string, raw: string): string {
    // A pair of surrogates is one character here and two in the text.
    if (character.length === 2) {
      this.spelled.push(
        { character: character[0]!, raw: character[0]! },
        { character: character[1]!, raw: character[1]! },
      );
    } else this.spelled.push({ character, raw });
    return character;
  }

  private feed(decoded: string): void {
    if (this.string && decoded !== '') this.write(this.string.push(decoded));
  }

  private endString(): void {
    this.write(this.string!.end());
    this.string = undefined;
    this.out += '"';
  }

  private write(released: string): void {
    for (let index = 0; index < released.length; index += 1) {
      const { character, raw } = this.spelled[index]!;
      const now = released[index]!;
      this.out += now === character ? raw : JSON.stringify(now).slice(1, -1);
    }
    this.spelled.splice(0, released.length);
  }
}
