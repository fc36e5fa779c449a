import type { Prompt } from './prompt.js';
import { changesBetween, commonMessages, hasUnseenAnswers, type PromptChange } from './prompt-changes.js';

/** A smaller loss is not a break: no model caches less, and counts of tokens differ by a few. */
const MIN_LOST_TOKENS = 1_024;
/** An entry of the cache is found at most this many blocks before a breakpoint. */
const LOOK_BACK_BLOCKS = 20;
const TTL_MS = 5 * 60_000;
const HOUR_TTL_MS = 60 * 60_000;
const MAX_MARKS = 64;

/** Whose cache a request used. */
interface CacheOwner {
  readonly upstream: string;
  /** As answered. */
  readonly model: string;
  readonly organization: string | undefined;
  readonly workspace: string | undefined;
  /** The operator's account, or the fingerprint of the caller's credential. */
  readonly credential: string | undefined;
}

/** Number of tokens up to a message, as an answer has counted them. */
interface Mark {
  readonly message: number;
  readonly tokens: number;
}

/** An answered request: its prompt, and what it has read from the cache and written to it. */
export interface CachedPrompt {
  readonly id: string;
  readonly prompt: Prompt;
  readonly owner: CacheOwner;
  readonly startedAtMs: number;
  readonly readTokens: number;
  readonly writtenTokens: number;
  /** The whole prompt. */
  readonly inputTokens: number;
}

/** The last answered request of a line, and what its line has learned. */
export interface Baseline extends CachedPrompt {
  readonly marks: readonly Mark[];
}

export type BreakReason =
  | { readonly kind: 'upstream'; readonly before: string; readonly after: string }
  | { readonly kind: 'model'; readonly before: string; readonly after: string }
  | { readonly kind: 'account'; readonly isOtherOrganization: boolean }
  | { readonly kind: 'expired'; readonly idleMs: number; readonly ttlMs: number }
  | (Extract<PromptChange, { part: 'tools' }> & { readonly kind: 'tools' })
  | (Extract<PromptChange, { part: 'system' }> & { readonly kind: 'system' })
  | (Extract<PromptChange, { part: 'settings' }> & { readonly kind: 'settings' })
  | (Extract<PromptChange, { part: 'messages' }> & { readonly kind: 'messages' })
  /** No breakpoint at the end of the conversation any more. */
  | { readonly kind: 'no_breakpoint' }
  /** The next breakpoint is too many blocks after the last one. */
  | { readonly kind: 'look_back'; readonly blocks: number }
  | { readonly kind: 'deferred_tools' }
  | { readonly kind: 'client_block' }
  | { readonly kind: 'credential' }
  | { readonly kind: 'unknown' };

export interface CacheBreak {
  readonly reason: BreakReason;
  /** Other parts that have changed as well. */
  readonly also: readonly string[];
  readonly expectedTokens: number;
  readonly lostTokens: number;
}

/**
 * Why a request has read less from the cache than the previous request of its line has left there; undefined if it has
 * not. Tokens decide whether there is a break, fingerprints name its reason.
 */
export function cacheBreakOf(before: Baseline, request: CachedPrompt): CacheBreak | undefined {
  const changes = changesBetween(before.prompt, request.prompt);
  const common = commonMessages(before.prompt.messages, request.prompt.messages);
  const unchanged = unchangedPlaceOf(before, common);
  const unchangedTokens = unchanged?.tokens ?? 0;
  const possible = (tokens: number) => Math.min(tokens, request.inputTokens) - request.readTokens;
  const messages = changes.find((change) => change.part === 'messages');
  const expectedTokens = messages && !messages.isRestKept ? unchangedTokens : cachedTokensOf(before);
  const lostTokens = possible(expectedTokens);
  if (lostTokens < MIN_LOST_TOKENS) return undefined;
  // After an edit the tokens before it are not always known, but tools and system prompt are read, unless they are lost as well.
  const isPrefixLost = possible(unchangedTokens) >= MIN_LOST_TOKENS || request.readTokens < MIN_LOST_TOKENS;
  const reasons = isPrefixLost ? reasonsOf(before, request, changes, unchanged?.block ?? 0) : [];
  if (messages?.isRestKept) reasons.push({ kind: 'messages', ...messages });
  if (isPrefixLost) reasons.push(...suspicionsOf(before, request, changes));
  const [reason = { kind: 'unknown' }, ...others] = reasons;
  return { reason, also: others.map(({ kind }) => kind), expectedTokens, lostTokens };
}

/** What the next request of the line is compared with. */
export function baselineAfter(before: Baseline | undefined, request: CachedPrompt): Baseline {
  const common = before ? commonMessages(before.prompt.messages, request.prompt.messages) : 0;
  const valid = before?.marks.filter(({ message }) => message <= common) ?? [];
  const mark = { message: lastBreakpointOf(request.prompt)?.message ?? 0, tokens: cachedTokensOf(request) };
  const others = valid.filter(({ message }) => message !== mark.message);
  const marks = mark.tokens > 0 ? [...others, mark] : others;
  return { ...request, marks: marks.slice(-MAX_MARKS) };
}

function cachedTokensOf({ readTokens, writtenTokens }: CachedPrompt): number {
  return readTokens + writtenTokens;
}

function lastBreakpointOf({ messages }: Prompt) {
  return messages.breakpoints.at(-1);
}

/** The last place of the cache up to which all messages are unchanged; undefined if none is known. */
function unchangedPlaceOf(
  before: Baseline,
  common: number,
): { readonly tokens: number; readonly block: number } | undefined {
  const last = lastBreakpointOf(before.prompt);
  if (common >= (last?.message ?? 0)) return { tokens: cachedTokensOf(before), block: last?.block ?? 0 };
  const mark = before.marks.findLast(({ message }) => message <= common);
  return mark && { tokens: mark.tokens, block: before.prompt.messages.blocks[mark.message - 1] ?? 0 };
}

/** In the order of their weight: the first one explains the break alone. */
function reasonsOf(
  before: Baseline,
  request: CachedPrompt,
  changes: readonly PromptChange[],
  block: number,
): BreakReason[] {
  return [
    ...ownerReasons(before.owner, request.owner),
    ...expiry(before, request),
    ...changes.flatMap((change): BreakReason[] => {
      if (change.part === 'tools') return [{ kind: 'tools', ...change }];
      if (change.part === 'system') return [{ kind: 'system', ...change }];
      return change.part === 'settings' ? [{ kind: 'settings', ...change }] : [];
    }),
    ...breakpointReasons(block, request.prompt),
  ];
}

function ownerReasons(before: CacheOwner, after: CacheOwner): BreakReason[] {
  const reasons: BreakReason[] = [];
  if (before.upstream !== after.upstream) {
    reasons.push({ kind: 'upstream', before: before.upstream, after: after.upstream });
  }
  if (before.model !== after.model) reasons.push({ kind: 'model', before: before.model, after: after.model });
  const isOtherOrganization = isOther(before.organization, after.organization);
  if (isOtherOrganization || isOther(before.workspace, after.workspace)) {
    reasons.push({ kind: 'account', isOtherOrganization });
  }
  return reasons;
}

function isOther(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** How long the cache was idle is not known if other requests of the conversation went to another task. */
function expiry(before: Baseline, request: CachedPrompt): BreakReason[] {
  if (hasUnseenAnswers(before.prompt, request.prompt)) return [];
  const idleMs = request.startedAtMs - before.startedAtMs;
  const ttlMs = lastBreakpointOf(before.prompt)?.isForAnHour ? HOUR_TTL_MS : TTL_MS;
  return idleMs > ttlMs ? [{ kind: 'expired', idleMs, ttlMs }] : [];
}

/** @param block end of the unchanged messages that are in the cache; 0 without any */
function breakpointReasons(block: number, { messages }: Prompt): BreakReason[] {
  if (block === 0) return [];
  const next = messages.breakpoints.find((breakpoint) => breakpoint.block >= block);
  if (!next) return [{ kind: 'no_breakpoint' }];
  const blocks = next.block - block;
  return blocks > LOOK_BACK_BLOCKS ? [{ kind: 'look_back', blocks }] : [];
}

/** What may explain a break where nothing else does. */
function suspicionsOf(before: Baseline, request: CachedPrompt, changes: readonly PromptChange[]): BreakReason[] {
  const reasons = changes.flatMap(({ part }): BreakReason[] =>
    part === 'deferred_tools' || part === 'client_block' ? [{ kind: part }] : [],
  );
  // A login is renewed every few hours with another fingerprint, and keeps its workspace.
  const isNamed = before.owner.workspace !== undefined && request.owner.workspace !== undefined;
  const isOtherCredential = !isNamed && isOther(before.owner.credential, request.owner.credential);
  return isOtherCredential ? [...reasons, { kind: 'credential' }] : reasons;
}
