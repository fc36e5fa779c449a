import { createHash } from 'node:crypto';
import type { JsonView } from '@claude-proxy/messages-api';
import { blocksOf, objectsIn } from './message-blocks.js';

/** Characters that Bedrock accepts in the name of a tool. */
const BEDROCK_NAME = /^[a-zA-Z0-9_-]+$/;
const DIGITS = 10;

/**
 * The names of a request's tools by Bedrock's rules. An invalid name keeps its beginning and ends in a hash of
 * the whole name: equal in every request, so that caches stay valid, and never the name of another tool of the request.
 */
export class ToolNames {
  private readonly shortened = new Map<string, string>();
  private taken: Set<string> | undefined;

  constructor(
    private readonly body: JsonView,
    private readonly maxLength: number,
  ) {}

  /** Shortened name -> the caller's name, for the answer. */
  get restored(): ReadonlyMap<string, string> {
    return new Map([...this.shortened].map(([name, short]) => [short, name]));
  }

  /** The name to send; undefined if the caller's name is valid. */
  shortOf(name: string): string | undefined {
    if (name.length <= this.maxLength && BEDROCK_NAME.test(name)) return undefined;
    const known = this.shortened.get(name);
    if (known !== undefined) return known;
    this.taken ??= namesIn(this.body);
    let short = this.shortenedBy(name, 0);
    for (let round = 1; this.taken.has(short); round += 1) short = this.shortenedBy(name, round);
    this.taken.add(short);
    this.shortened.set(name, short);
    return short;
  }

  private shortenedBy(name: string, round: number): string {
    const hash = createHash('sha256').update(`${round}:${name}`).digest('hex').slice(0, DIGITS);
    const beginning = name.slice(0, this.maxLength - DIGITS - 1).replaceAll(/[^a-zA-Z0-9_-]/g, '_');
    return `${beginning}_${hash}`;
  }
}

/** The names that are sent unchanged. */
function namesIn(body: JsonView): Set<string> {
  const holders = [...objectsIn(body.get('tools')), ...blocksOf(body.get('messages'))];
  return new Set(holders.map((holder) => holder.text('name')).filter((name) => name !== undefined));
}
