import type { LimitWindow } from '@claude-proxy/upstream';
import { LISTS } from './limit.table.js';

/** One closed window inside an item. Times are epoch seconds. */
export interface ClosedScope {
  readonly retry_until: number;
  readonly retry_after_seconds: number;
  readonly created_at: number;
  readonly reason: string;
  readonly drill: boolean;
  /** Money ends it, not time. */
  readonly spent?: boolean;
}

/**
 * A user's limits as the table holds them. The first four attributes are the published schema of the original; an item
 * without `scopes` was written by it, or by hand, and limits everything this user asks.
 */
export interface LimitItem {
  readonly user_id: string;
  /** Puts the item into the index that lists limits. */
  readonly list?: string;
  /** The latest of all scopes. */
  readonly retry_until: number;
  readonly retry_after_seconds: number;
  readonly created_at: number;
  /** When the table drops the item: an hour after its last window. */
  readonly ttl: number;
  readonly reason?: string;
  readonly drill?: boolean;
  readonly scopes?: Readonly<Record<string, ClosedScope>>;
  /** Changes with every write of ours. */
  readonly revision?: string;
}

/** The scope that an item without scopes stands for: everything. */
const EVERYTHING = '*';

const TTL_SECONDS = 3_600;
/** A scope takes some 200 bytes of an item of at most 400 KB; users have a handful. */
const MAX_SCOPES = 500;
/** How far the clocks of two tasks may lie apart. */
const MAX_SKEW_SECONDS = 60;

/**
 * The window that stops a request of these scopes, the longest if there are several; undefined if none does.
 * Windows of a drill count only while `isDrillOn`. A scope of a request that begins with `*` (no credential) matches any credential's.
 */
export function closedWindowIn(
  item: LimitItem | undefined,
  scopes: readonly string[],
  nowSeconds: number,
  isDrillOn: boolean,
): ClosedScope | undefined {
  let longest: ClosedScope | undefined;
  for (const [name, scope] of Object.entries(scopesOf(item))) {
    const counts =
      isClosed(scope, nowSeconds) && (isDrillOn || !scope.drill) && scopes.some((wanted) => stops(name, wanted));
    if (counts && scope.retry_until > (longest?.retry_until ?? 0)) longest = scope;
  }
  return longest;
}

/** The item with one more window closed; undefined when what is there already lasts as long. */
export function withWindow(
  item: LimitItem | undefined,
  user: string,
  window: LimitWindow,
  nowSeconds: number,
  isDrill: boolean,
): LimitItem | undefined {
  const scopes = livingScopes(item, nowSeconds);
  const known = scopes[window.scope];
  const closed: ClosedScope = {
    retry_until: Math.ceil(nowSeconds + window.seconds),
    retry_after_seconds: window.seconds,
    created_at: nowSeconds,
    reason: window.reason,
    drill: isDrill,
    ...(window.isSpent ? { spent: true } : {}),
  };
  // A real window replaces one of a drill, whatever their lengths: a drill's end must not reopen it.
  if (known && known.retry_until >= closed.retry_until && known.drill === closed.drill) return undefined;
  if (known && !known.drill && isDrill) return undefined;
  return itemOf(user, { ...scopes, [window.scope]: closed });
}

/**
 * The item without the windows that `isOver` picks and without expired ones; `undefined` when nothing is left, the item
 * itself when nothing changed.
 */
export function withoutWindows(
  item: LimitItem,
  nowSeconds: number,
  isOver: (name: string, scope: ClosedScope) => boolean,
): LimitItem | undefined {
  const before = Object.entries(scopesOf(item));
  const after = Object.entries(livingScopes(item, nowSeconds)).filter(([name, scope]) => !isOver(name, scope));
  if (after.length === before.length) return item;
  return after.length === 0 ? undefined : itemOf(item.user_id, Object.fromEntries(after));
}

export function hasWindow(item: LimitItem, isWanted: (name: string, scope: ClosedScope) => boolean): boolean {
  return Object.entries(scopesOf(item)).some(([name, scope]) => isWanted(name, scope));
}

/** True when a window of this name stops a request of this scope. */
export function stops(name: string, wanted: string): boolean {
  if (name === EVERYTHING || name === wanted) return true;
  return wanted.startsWith('*/') && name.endsWith(wanted.slice(1));
}

function itemOf(user: string, all: Readonly<Record<string, ClosedScope>>): LimitItem {
  const scopes = longestOf(all);
  const last = Object.values(scopes).reduce((a, b) => (b.retry_until > a.retry_until ? b : a));
  return { user_id: user, list: LISTS.limits, ...last, ttl: last.retry_until + TTL_SECONDS, scopes };
}

/** Those that end last, where there are more than an item holds. */
function longestOf(scopes: Readonly<Record<string, ClosedScope>>): Readonly<Record<string, ClosedScope>> {
  const entries = Object.entries(scopes);
  if (entries.length <= MAX_SCOPES) return scopes;
  return Object.fromEntries(entries.sort(([, a], [, b]) => b.retry_until - a.retry_until).slice(0, MAX_SCOPES));
}

/** The windows that are still closed, by scope. */
export function livingScopes(item: LimitItem | undefined, nowSeconds: number): Readonly<Record<string, ClosedScope>> {
  return Object.fromEntries(Object.entries(scopesOf(item)).filter(([, scope]) => isClosed(scope, nowSeconds)));
}

/** A clock that was set back must not make a window last for the length of the jump. */
function isClosed({ retry_until, created_at }: ClosedScope, nowSeconds: number): boolean {
  const isAhead = created_at > nowSeconds + MAX_SKEW_SECONDS;
  return retry_until > nowSeconds && !isAhead;
}

function scopesOf(item: LimitItem | undefined): Readonly<Record<string, ClosedScope>> {
  if (!item) return {};
  if (item.scopes) return item.scopes;
  const { retry_until, retry_after_seconds = 0, created_at = 0, reason = 'limited', drill = false } = item;
  return { [EVERYTHING]: { retry_until, retry_after_seconds, created_at, reason, drill } };
}
