import { createHash } from 'node:crypto';
import { type AnswerUsage, tokensOfBytes } from './answer-usage.js';
import type { RecordedRequest } from './http-recording.js';

/** Blocks before a breakpoint in which an earlier entry is searched. */
const LOOK_BACK_BLOCKS = 20;
/** Prompts with fewer tokens are not cached. Models differ: 512 to 4,096. */
const MIN_TOKENS = 1_024;

type Json = Readonly<Record<string, unknown>>;

/** The end of a block in the prompt. */
interface Place {
  /** Of everything up to here. */
  readonly digest: string;
  readonly tokens: number;
  readonly isBreakpoint: boolean;
}

/**
 * The prompt cache of a provider: entries are written at breakpoints and read by the longest prefix that is the same, in
 * the order of tools, system and messages.
 */
export class PromptCache {
  private readonly entries = new Set<string>();

  /** The input side of the usage of this request, whose prefixes are then in the cache. */
  usageOf({ json = {} }: Pick<RecordedRequest, 'json'>): AnswerUsage {
    const places = placesOf(json);
    const total = places.at(-1)?.tokens ?? 0;
    const breakpoints = places.flatMap(({ isBreakpoint }, index) => (isBreakpoint ? [index] : []));
    const read = Math.max(0, ...breakpoints.map((index) => this.readAt(places, index)));
    const cached = Math.max(read, ...breakpoints.map((index) => placeTokens(places[index]!)));
    for (const index of breakpoints) this.entries.add(places[index]!.digest);
    return {
      input_tokens: total - cached,
      cache_creation_input_tokens: cached - read,
      cache_read_input_tokens: read,
    };
  }

  private readAt(places: readonly Place[], breakpoint: number): number {
    const near = places.slice(Math.max(0, breakpoint - LOOK_BACK_BLOCKS), breakpoint + 1);
    const found = near.findLast((place) => this.entries.has(place.digest));
    return found ? placeTokens(found) : 0;
  }
}

function placeTokens({ tokens }: Place): number {
  return tokens >= MIN_TOKENS ? tokens : 0;
}

function placesOf({ tools, system, messages, cache_control: ofBody }: Json): Place[] {
  const blocks = [...blocksOf(tools), ...blocksOf(system), ...blocksOf(messages).flatMap(blocksOfMessage)];
  let digest = '';
  let tokens = 0;
  return blocks.map(({ cache_control: breakpoint, ...block }, index) => {
    const text = JSON.stringify(block);
    digest = createHash('sha256').update(digest).update(text).digest('hex');
    tokens += tokensOfBytes(text.length);
    const isLast = index === blocks.length - 1;
    return { digest, tokens, isBreakpoint: Boolean(breakpoint) || (isLast && Boolean(ofBody)) };
  });
}

function blocksOfMessage({ role, content }: Json): Json[] {
  return blocksOf(content).map((block) => ({ role, ...block }));
}

/** A plain text is a block, as the service reads it. */
function blocksOf(content: unknown): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? (content as Json[]) : [];
}
