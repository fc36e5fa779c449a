import { cacheControl } from '../conversation/breakpoints.js';
import { isThinking } from '../conversation/thinking-blocks.js';
import type { Turn } from '../conversation/turn.js';
import { isJsonObject, type JsonObject } from '../json-object.js';
import type { LeftOut } from '../left-out.js';

/** What the caller says of prompt caching beside breakpoints of its own. */
export interface CachingOptions {
  /** Asks for caching, for so long. */
  readonly ttl?: '5m' | '1h' | undefined;
  /** Wants the breakpoints that it has set and no others. */
  readonly isExplicit: boolean;
  /** The breakpoint of the whole body, in Anthropic's words. */
  readonly ofBody?: JsonObject | undefined;
}

export interface CacheableBody {
  readonly tools: JsonObject[];
  readonly system: JsonObject[];
  readonly messages: readonly Turn[];
}

/** How the request looks to the rule of automatic caching. */
export interface LoopSigns {
  /** `OPENAI_AUTO_CACHE` */
  readonly isOn: boolean;
  readonly hasResults: boolean;
  /** The next answer must be a call, as one-shot extractions ask for. */
  readonly isForced: boolean;
}

/** Anthropic takes no more in one request. */
const MAX_BREAKPOINTS = 4;
/** In a first request: shorter prompts are not worth a write, and Claude caches none below 512 to 4,096 tokens. */
const MIN_PROMPT_CHARACTERS = 8_192;

export function cachingOptions(request: JsonObject): CachingOptions {
  const { prompt_cache_key: key, prompt_cache_retention: retention, prompt_cache_options: given } = request;
  const options = isJsonObject(given) ? given : {};
  const isLong = retention === '24h' || options.ttl === '12h' || options.ttl === '30m';
  const isAsked = Boolean(key) || Boolean(retention) || isLong;
  const { cache_control: ofBody } = request;
  return {
    ttl: isAsked ? (isLong ? '1h' : '5m') : undefined,
    isExplicit: options.mode === 'explicit',
    ofBody: isJsonObject(ofBody) ? cacheControl(ofBody.ttl) : undefined,
  };
}

/**
 * Puts breakpoints into `body`, and returns the one of the whole body. A loop of tools sends its prompt again in each
 * round: it is written once, and each round reads what the one before has written.
 */
export function placeBreakpoints(
  body: CacheableBody,
  options: CachingOptions,
  signs: LoopSigns,
  leftOut: LeftOut,
): JsonObject | undefined {
  const holders = [...body.tools, ...body.system, ...body.messages.flatMap(({ content }) => content)];
  const given = holders.filter(({ cache_control }) => cache_control);
  if (given.length > 0) return withinLimits(body, given, options.ofBody, leftOut);
  if (options.ofBody || options.isExplicit) return options.ofBody;
  if (!signs.isOn || !isLoop(body, signs)) return options.ttl && cacheControl(options.ttl);
  const breakpoint = cacheControl(options.ttl === '1h' ? '1h' : undefined);
  for (const block of loopBreakpoints(body)) block.cache_control = breakpoint;
  return undefined;
}

function isLoop({ tools, system }: CacheableBody, { hasResults, isForced }: LoopSigns): boolean {
  if (hasResults) return true;
  if (tools.length === 0 || isForced) return false;
  return JSON.stringify([system, tools]).length >= MIN_PROMPT_CHARACTERS;
}

/**
 * The last tool and the last system text hold for the whole conversation, and for others of the same agent. The last
 * block is read in the next round; so is the end of the round before, since Claude looks back 20 blocks only.
 */
function loopBreakpoints({ tools, system, messages }: CacheableBody): JsonObject[] {
  const spoken = messages.filter(({ role }) => role !== 'assistant');
  const ends = spoken.map(({ content }) => content.at(-1));
  return [tools.at(-1), system.at(-1), ...ends.slice(-2)].filter((block) => block !== undefined);
}

/** Four at most, none on thinking, and no hour behind five minutes: Claude refuses anything else. */
function withinLimits(
  { tools, system }: CacheableBody,
  given: readonly JsonObject[],
  ofBody: JsonObject | undefined,
  leftOut: LeftOut,
): JsonObject | undefined {
  const cacheable = given.filter((block) => !isThinking(block));
  const first = cacheable.filter((block) => block === tools.at(-1) || block === system.at(-1));
  const room = MAX_BREAKPOINTS - first.length;
  const kept = new Set([...first, ...cacheable.filter((block) => !first.includes(block)).slice(-room)]);
  let isShort = false;
  for (const block of given) {
    if (!kept.has(block)) delete block.cache_control;
    else if (isHour(block) && isShort) block.cache_control = cacheControl('5m');
    else isShort ||= !isHour(block);
  }
  const isBodyLast = ofBody && kept.size < MAX_BREAKPOINTS;
  if (kept.size < given.length || (ofBody && !isBodyLast)) leftOut.add('cache_control');
  if (!isBodyLast) return undefined;
  return ofBody.ttl === '1h' && isShort ? cacheControl('5m') : ofBody;
}

function isHour({ cache_control: given }: JsonObject): boolean {
  return isJsonObject(given) && given.ttl === '1h';
}
