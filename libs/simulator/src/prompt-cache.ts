import { createHash } from 'node:crypto';
import { type AnswerUsage, tokensOfBytes } from './answer-usage.js';
import type { RecordedRequest } from './http-recording.js';

/** Blocks before a breakpoint in which an earlier entry is searched. */
const LOOK_BACK_BLOCKS = 20;
/** Prompts with fewer tokens are not cached. Models differ: 512 to 4,096. */
const MIN_TOKENS = 1_024;
const TTL_MS = 5 * 60_000;
const LONG_TTL_MS = 60 * 60_000;

type Json = Readonly<Record<string, unknown>>;

/** The end of a block in the prompt. */
interface Place {
  /** Of everything up to here. */
  readonly digest: string;
  readonly tokens: number;
  /** Undefined if it is not a breakpoint. */
  readonly ttlMs: number | undefined;
}

/** What a request finds in the cache of its owner. */
export interface CacheLookup {
  readonly readTokens: number;
  readonly writtenTokens: number;
  readonly inputTokens: number;
  /** The request is answered: its prefixes are in the cache now. */
  keep(): void;
}

/**
 * The prompt cache of a provider: entries are written at breakpoints and read by the longest prefix that is the same, in
 * the order of tools, system and messages. An entry belongs to an owner, such as a workspace and a model, and lives for some
 * time after its last use.
 */
export class PromptCache {
  /** By owner and digest: when it expires. */
  private readonly ends = new Map<string, number>();

  /** The input side of the usage of this request, whose prefixes are then in the cache. */
  usageOf(request: Pick<RecordedRequest, 'json'>, owner = ''): AnswerUsage {
    const { inputTokens, readTokens, writtenTokens, keep } = this.lookUp(owner, request);
    keep();
    return {
      input_tokens: inputTokens,
      cache_creation_input_tokens: writtenTokens,
      cache_read_input_tokens: readTokens,
    };
  }

  lookUp(owner: string, { json = {} }: Pick<RecordedRequest, 'json'>): CacheLookup {
    const nowMs = Date.now();
    const places = placesOf(json);
    const breakpoints = places.flatMap(({ ttlMs }, index) => (ttlMs === undefined ? [] : [index]));
    const hits = breakpoints.flatMap((index) => this.hitBefore(owner, places, index, nowMs) ?? []);
    const readTokens = Math.max(0, ...hits.map(placeTokens));
    const cachedTokens = Math.max(readTokens, ...breakpoints.map((index) => placeTokens(places[index]!)));
    const keep = () => {
      for (const index of breakpoints) {
        const { digest, ttlMs = 0 } = places[index]!;
        this.ends.set(`${owner} ${digest}`, nowMs + ttlMs);
      }
      // A use begins the life of an entry anew.
      for (const { digest } of hits) {
        const name = `${owner} ${digest}`;
        this.ends.set(name, Math.max(this.ends.get(name)!, nowMs + TTL_MS));
      }
    };
    const inputTokens = (places.at(-1)?.tokens ?? 0) - cachedTokens;
    return { readTokens, writtenTokens: cachedTokens - readTokens, inputTokens, keep };
  }

  private hitBefore(owner: string, places: readonly Place[], breakpoint: number, nowMs: number): Place | undefined {
    const near = places.slice(Math.max(0, breakpoint - LOOK_BACK_BLOCKS), breakpoint + 1);
    return near.findLast(({ digest }) => (this.ends.get(`${owner} ${digest}`) ?? 0) > nowMs);
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
    return { digest, tokens, ttlMs: ttlOf(breakpoint ?? (isLast ? ofBody : undefined)) };
  });
}

function ttlOf(breakpoint: unknown): number | undefined {
  if (!breakpoint) return undefined;
  return (breakpoint as Json).ttl === '1h' ? LONG_TTL_MS : TTL_MS;
}

function blocksOfMessage({ role, content }: Json): Json[] {
  return blocksOf(content).map((block) => ({ role, ...block }));
}

/** A plain text is a block, as the service reads it. */
function blocksOf(content: unknown): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? (content as Json[]) : [];
}
