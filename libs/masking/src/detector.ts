import { arnAt } from './arn.js';
import { escapeEndsAt, isEnd, isStart, isWord, startOfRun } from './boundaries.js';
import { type Anchor, REGION } from './forms/form.js';
import { isKept } from './kept-words.js';
import { ID_PATTERNS, type IdPattern, PATTERNS, type Pattern } from './patterns.js';

/** A span that is replaced, within a match of a form. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly matchStart: number;
  readonly matchEnd: number;
  readonly isSecret: boolean;
  /** Masked wherever it occurs from here on, however short it is. */
  readonly isKnown?: boolean;
}

/** Context is looked for in this many characters before a value. */
const CONTEXT_CHARACTERS = 80;
const MAX_PREFIX_CHARACTERS = 16;
const MAX_HOST_CHARACTERS = 320;
const MAX_SUFFIX_CHARACTERS = 40;
/** Of a host, from the first on, that a name may begin with. */
const MAX_LABELS = 12;
const MAX_REGION_CHARACTERS = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with a control character
const NOT_OF_THE_CONTEXT = /(?:\x1b|\\u001b|\\x1b|\\0?33|\\e)\[[0-9;]*m|\\+(?=["'`])/g;
const EMPHASIS = /[*`]/g;
const REGION_AT_END = new RegExp(`${REGION}$`);
const ESCAPED_BLANKS = /\\+[nrt]/g;
const HOST_CHARACTER = /[A-Za-z0-9.-]/;
const SUFFIXES = Map.groupBy(
  [
    ...['amazonaws.', 'amazonwebservices.', 'amazoncognito.com', 'amplifyapp.com', 'api.aws', 'awsapprunner.com'],
    ...['awsapps.com', 'cloudfront.net', 'internal', 'on.aws', 'signin.aws.amazon.com'],
  ],
  (suffix) => suffix.charCodeAt(0),
);

enum Trigger {
  None,
  Hyphen,
  Colon,
  Dot,
  Underscore,
  Slash,
  A,
  Token,
  Zone,
  Distribution,
  Digit,
  Ecret,
  Ucket,
  HexLetter,
}

const TRIGGERS = new Uint8Array(256);
const on = (characters: string, trigger: Trigger) => {
  for (const character of characters) TRIGGERS[character.charCodeAt(0)] = trigger;
};
on('-', Trigger.Hyphen);
on(':', Trigger.Colon);
on('.', Trigger.Dot);
on('_', Trigger.Underscore);
on('/', Trigger.Slash);
on('A', Trigger.A);
on('IF', Trigger.Token);
on('Z', Trigger.Zone);
on('E', Trigger.Distribution);
on('0123456789', Trigger.Digit);
on('cC', Trigger.Ecret);
on('kK', Trigger.Ucket);
on('f', Trigger.HexLetter);

export interface DetectOptions {
  readonly hasAddresses: boolean;
}

/**
 * Finds the forms in a text, in one pass over its characters. At a character that a form cannot do without, the
 * expressions of that form are tried around it.
 *
 * @param before what precedes the text, such as the key of a JSON member; it is context only
 */
export function detect(text: string, options: DetectOptions, before = ''): Part[] {
  return new Detection(before + text, before.length, options).run();
}

class Detection {
  private readonly parts: Part[] = [];
  private endOfHost = 0;

  constructor(
    private readonly text: string,
    private readonly from: number,
    private readonly options: DetectOptions,
  ) {}

  run(): Part[] {
    const { text } = this;
    let at = 0;
    while (at < text.length) {
      const trigger = TRIGGERS[text.charCodeAt(at)];
      at = trigger === undefined || trigger === Trigger.None ? at + 1 : this.at(trigger, at);
    }
    return this.sorted();
  }

  private at(trigger: Trigger, at: number): number {
    const { text } = this;
    switch (trigger) {
      case Trigger.Colon:
        return this.colon(at);
      case Trigger.Hyphen:
        return this.hyphen(at);
      case Trigger.Dot:
        this.dot(at);
        return at + 1;
      case Trigger.Digit:
        return this.digits(at);
      case Trigger.Underscore:
        if (isDigit(text.charCodeAt(at - 1))) this.try('pool', this.poolStart(at));
        return at + 1;
      case Trigger.Slash:
        if (text.startsWith('aws/', at + 1) && isStart(text, at)) this.try('log-group', at);
        return at + 1;
      case Trigger.Ecret:
        return this.secret(at);
      case Trigger.Ucket:
        return this.bucket(at);
      case Trigger.HexLetter:
        if (this.options.hasAddresses && text.startsWith('d00:', at + 1)) this.address(at);
        return at + 1;
      default:
        return this.capital(trigger, at);
    }
  }

  private capital(trigger: Trigger, at: number): number {
    const { text } = this;
    if (!mayBegin(trigger, text, at)) return at + 1;
    if (isIn('+-', text[at - 1]) && at > 1 && isWord(text.charCodeAt(at - 2)) && !escapeEndsAt(text, at - 1))
      return at + 1;
    if (isWord(text.charCodeAt(at - 1)) && !escapeEndsAt(text, at)) return at + 1;
    if (trigger === Trigger.Zone) return this.try('zone', at) ?? at + 1;
    if (trigger === Trigger.Distribution) return this.try('distribution', at) ?? at + 1;
    const end = this.try('credential', at);
    if (end === undefined) return at + 1;
    this.secretAfterKey(end);
    return end;
  }

  private colon(at: number): number {
    const { text } = this;
    if (text.startsWith('arn', at - 3) && isStart(text, at - 3)) return this.arn(at - 3) ?? at + 1;
    const scheme = text.startsWith('//', at + 1) ? /s3[an]?$/i.exec(this.beforeOf(at, 3)) : null;
    if (scheme && isStart(text, at - scheme[0].length)) this.try('scheme', at + 3);
    return at + 1;
  }

  private arn(start: number): number | undefined {
    const arn = arnAt(this.text, start);
    if (!arn) return undefined;
    const match = { rule: arn.name, matchStart: start, matchEnd: arn.end };
    if (arn.account) this.add({ ...match, start: arn.account[0], end: arn.account[1], isSecret: false });
    this.names(arn.names[0], arn.names[1], match, arn.account !== undefined);
    return arn.end;
  }

  /** The parts of names, without words that identify nothing; all of them if that would leave everything as it is. */
  private names(
    start: number,
    end: number,
    match: Pick<Part, 'rule' | 'matchStart' | 'matchEnd'>,
    mayKeepAll: boolean,
  ): void {
    const tokens = [...this.text.slice(start, end).matchAll(/[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/g)].map(
      ({ index, 0: token }) => ({ start: start + index, end: start + index + token.length, token }),
    );
    const telling = tokens.filter(({ token }) => !isKept(token));
    const chosen = telling.length > 0 || mayKeepAll ? telling : tokens.filter(({ token }) => token.length > 2);
    for (const token of chosen) this.add({ ...match, start: token.start, end: token.end, isSecret: false });
  }

  private hyphen(at: number): number {
    const { text } = this;
    if (!isWord(text.charCodeAt(at + 1)) || !isWord(text.charCodeAt(at - 1))) return at + 1;
    if (text.startsWith('-Amz-', at) && isIn('xX', text[at - 1])) return this.try('signed-url', at - 1) ?? at + 1;
    if (text.startsWith('bedrock-api-key-', at - 15)) return this.try('credential', at - 15) ?? at + 1;
    const isUuid = text[at + 5] === '-' && text[at + 10] === '-' && text[at + 15] === '-';
    const start = isUuid ? at - 8 : at - 3;
    const end = isUuid || text.startsWith('mrk-', start) ? this.try('uuid', start) : undefined;
    return end ?? this.id(at) ?? at + 1;
  }

  private id(at: number): number | undefined {
    const { text } = this;
    let start = at;
    while (start > 0 && at - start < MAX_PREFIX_CHARACTERS && isLowerOrDigit(text.charCodeAt(start - 1))) start -= 1;
    for (let from = start; from < at; from += 1) {
      const pattern = ID_PATTERNS.get(text.slice(from, at))?.find((one) => this.isId(one, at));
      if (!pattern) continue;
      const idStart = at - pattern.prefix.length;
      const end = pattern.body.lastIndex;
      this.add({ rule: pattern.name, start: idStart, end, matchStart: idStart, matchEnd: end, isSecret: false });
      return end;
    }
    return undefined;
  }

  private isId({ prefix, body, before }: IdPattern, at: number): boolean {
    const { text } = this;
    const start = at - prefix.length;
    if (start < 0 || !text.startsWith(prefix, start) || !isStart(text, start)) return false;
    body.lastIndex = at + 1;
    if (!body.test(text) || !isEnd(text, body.lastIndex)) return false;
    return !before || before.test(this.beforeOf(start, CONTEXT_CHARACTERS) + prefix);
  }

  private dot(at: number): void {
    const { text } = this;
    if (!SUFFIXES.get(text.charCodeAt(at + 1))?.some((suffix) => text.startsWith(suffix, at + 1))) return;
    // A host that was found already is not looked at again.
    const first = Math.max(this.endOfHost, at - MAX_HOST_CHARACTERS);
    let start = at;
    while (start > first && HOST_CHARACTER.test(text[start - 1]!)) start -= 1;
    start = startOfRun(text, start, at);
    while (isIn('.-', text[start])) start += 1;
    if (start > at) return;
    const host = text.slice(start, at + MAX_SUFFIX_CHARACTERS);
    const patterns = PATTERNS.get('host')!.filter(({ needs }) => needs!.some((part) => host.includes(part)));
    if (patterns.length === 0) return;
    for (const from of startsOfLabels(text, start, at)) {
      for (const pattern of patterns) {
        const end = this.tryPattern(pattern, from);
        if (end === undefined) continue;
        this.endOfHost = end;
        return;
      }
    }
  }

  private digits(at: number): number {
    const { text, options } = this;
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    const isInside = isWord(text.charCodeAt(at - 1)) && !escapeEndsAt(text, at);
    if (isInside) return end;
    if (options.hasAddresses && (isIn('.:', text[end]) || text[at] === '2')) {
      const addressEnd = this.address(at);
      if (addressEnd !== undefined) return addressEnd;
    }
    const isAccount = end - at === 12 || (end - at === 4 && text[end] === '-' && text[end + 5] === '-');
    return (isAccount ? this.try('digits', at) : undefined) ?? end;
  }

  private address(at: number): number | undefined {
    const before = this.text[at - 1];
    if (isIn('.-', before) && !this.text.startsWith('...', at - 3)) return undefined;
    // Behind a colon, as in `file:12:10.0.0.1`, it can only be an address with dots.
    const hasDots = /^\d{1,3}\./.test(this.text.slice(at, at + 4));
    return before === ':' && !hasDots ? undefined : this.try('address', at);
  }

  /** `secret`, as in `secret_access_key = …` and `SecretId: "…"`. */
  private secret(at: number): number {
    const { text } = this;
    // A lower-case r or a capital one.
    if ((text.charCodeAt(at + 1) | 0x20) !== 0x72 || !isIn('eE', text[at - 1])) return at + 1;
    if (!/^cret/i.test(text.slice(at, at + 4))) return at + 1;
    const start = at - 2;
    const named = this.try('secret-name', text.startsWith('--', start - 2) ? start - 2 : start);
    if (named !== undefined) return named;
    const value =
      /^.{4}[A-Za-z_-]{0,20}\\*["'`*]{0,3}\s{0,4}(?:[:=]{1,2}>?|[|,]|\s|\\[nrt]){0,3}\s{0,4}\\*["'`*]{0,3}/s.exec(
        text.slice(at, at + CONTEXT_CHARACTERS),
      );
    return (value && this.try('secret', at + value[0].length)) ?? at + 4;
  }

  /** In a file of credentials the secret follows its key. */
  private secretAfterKey(at: number): void {
    const separator = /^["'\s,:|\\]{1,4}/.exec(this.text.slice(at, at + 4));
    if (!separator) return;
    for (const { name, expression } of PATTERNS.get('secret')!) {
      expression.lastIndex = at + separator[0].length;
      const match = expression.exec(this.text);
      if (match) this.addGroups(name, match);
    }
  }

  /** `bucket`, as in `Bucket: "…"`, `--bucket …` and `S3_BUCKET=…`. */
  private bucket(at: number): number {
    const { text } = this;
    if (!isIn('eE', text[at + 1]) || !isIn('tT', text[at + 2]) || !isIn('uU', text[at - 2])) return at + 1;
    const rest = text.slice(at + 3, at + 3 + CONTEXT_CHARACTERS);
    const quoted = /^(?:[_-]?[Nn][Aa][Mm][Ee])?\\*["'`]?\s{0,3}[:= ]\s{0,3}\\*(?=["'`])/.exec(rest);
    if (quoted) return this.try('bucket', at + 3 + quoted[0].length) ?? at + 3;
    const option = text.startsWith('--b', at - 5) ? /^(?:-name)?[= ](?=[a-z0-9])/.exec(rest) : undefined;
    if (option) this.try('scheme', at + 3 + option[0].length, 'S3_BUCKET_CONTEXT');
    return at + 3;
  }

  /** Tries the forms of an anchor. Returns the end of the match. */
  private try(anchor: Anchor, at: number, rule?: string): number | undefined {
    if (at < 0) return undefined;
    for (const pattern of PATTERNS.get(anchor)!) {
      const end = this.tryPattern(pattern, at, rule);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  private tryPattern({ name, expression, before }: Pattern, at: number, rule = name): number | undefined {
    expression.lastIndex = at;
    const match = expression.exec(this.text);
    if (!match || (before && !before.test(this.contextBefore(at)))) return undefined;
    this.addGroups(rule, match);
    return at + match[0].length;
  }

  private addGroups(rule: string, match: RegExpExecArray): void {
    const bounds = { rule, matchStart: match.index, matchEnd: match.index + match[0].length };
    for (const [group, span] of Object.entries(match.indices!.groups!)) {
      if (!span) continue;
      const [start, end] = span;
      if (group.startsWith('n')) this.names(start, end, bounds, false);
      else this.add({ ...bounds, start, end, isSecret: group.startsWith('s') });
    }
  }

  private contextBefore(at: number): string {
    return this.beforeOf(at, CONTEXT_CHARACTERS)
      .replace(NOT_OF_THE_CONTEXT, '')
      .replace(EMPHASIS, ' ')
      .replace(ESCAPED_BLANKS, ' ');
  }

  private beforeOf(at: number, characters: number): string {
    return this.text.slice(Math.max(0, at - characters), at);
  }

  private poolStart(at: number): number {
    const region = REGION_AT_END.exec(this.beforeOf(at, MAX_REGION_CHARACTERS));
    const start = at - (region?.[0].length ?? 0);
    return region && isStart(this.text, start) ? start : at;
  }

  private add(part: Part): void {
    this.parts.push(part);
  }

  /** In order, without overlaps: of two parts that overlap the longer one stays. Positions are those of the text alone. */
  private sorted(): Part[] {
    const { parts, from } = this;
    if (parts.length > 1) parts.sort((one, other) => one.start - other.start || other.end - one.end);
    const kept: Part[] = [];
    for (const part of parts) {
      const last = kept.at(-1);
      if (!last || part.start >= last.end) kept.push(part);
      else if (isLonger(part, last)) kept[kept.length - 1] = part;
    }
    return from === 0 ? kept : kept.filter(({ start }) => start >= from).map((part) => shifted(part, from));
  }
}

function startsOfLabels(text: string, start: number, end: number): number[] {
  const starts = [start];
  for (let at = text.indexOf('.', start); at < end && starts.length < MAX_LABELS; at = text.indexOf('.', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

/** The longer part, else the part of the longer match. */
function isLonger(one: Part, other: Part): boolean {
  const byPart = one.end - one.start - (other.end - other.start);
  return byPart > 0 || (byPart === 0 && one.matchEnd - one.matchStart > other.matchEnd - other.matchStart);
}

const CAPITAL_A = 0x41;
const CAPITAL_K = 0x4b;

/** A first look: most capitals begin a word. */
function mayBegin(trigger: Trigger, text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  // Every key and unique id of IAM has an A at its fourth place; keys of Bedrock have a K.
  const fourth = text.charCodeAt(at + 3);
  if (trigger === Trigger.A) return isCapital(next) && (fourth === CAPITAL_A || fourth === CAPITAL_K);
  if (trigger === Trigger.Token) return text.startsWith('Qo', at + 1) || text.startsWith('wo', at + 1);
  return isCapitalOrDigit(next) && isCapitalOrDigit(text.charCodeAt(at + 2)) && isCapitalOrDigit(fourth);
}

function isCapital(code: number): boolean {
  return code >= CAPITAL_A && code <= 0x5a;
}

function isCapitalOrDigit(code: number): boolean {
  return isCapital(code) || isDigit(code);
}

function shifted(part: Part, by: number): Part {
  const { start, end, matchStart, matchEnd } = part;
  const moved = { start: start - by, end: end - by, matchStart: Math.max(0, matchStart - by), matchEnd: matchEnd - by };
  return { ...part, ...moved };
}

function isIn(characters: string, character: string | undefined): boolean {
  return character !== undefined && characters.includes(character);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLowerOrDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a);
}
