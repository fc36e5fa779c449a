import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type Table, TableStore } from '@claude-proxy/storage';
import type { LimitWindow } from '@claude-proxy/upstream';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { CredentialStates } from '../exchange/credential-states.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import { StoreHealth } from '../state/store-health.js';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { LISTS, limitTable } from './limit.table.js';
import { type LimitChange, LimitWriter } from './limit.writer.js';
import { limitEventOf } from './limit-event.js';
import {
  type ClosedScope,
  closedWindowIn,
  hasWindow,
  type LimitItem,
  livingScopes,
  stops,
  withoutWindows,
  withWindow,
} from './limit-item.js';

/** A store round trip is not paid per request. */
const CACHE_MS = 1_000;
/** No request waits longer than this for the store; the limit then counts as unknown, that is: not limited. */
const READ_PATIENCE_MS = 250;
/** After a failure the store is left alone for a while. */
const STORE_PAUSE_MS = 5_000;
const LOG_EVERY_MS = 60_000;
const MAX_CACHED_USERS = 10_000;
/** Longer than any window of Anthropic's (a month), and a number that every store can keep. */
const MAX_WINDOW_SECONDS = 32 * 24 * 60 * 60;
/** A scope holds a fingerprint and the name of a model; the request names the model. */
const MAX_SCOPE_CHARACTERS = 300;
const MAX_REASON_CHARACTERS = 200;

interface Cached {
  readonly item: LimitItem | undefined;
  readonly readAtMs: number;
}

/**
 * Remembers who is limited until when: users, and credentials of the gateway's own (`limit-owner.ts`). A store that is away never hurts a request: what this process knows itself
 * still counts, everything else counts as not limited.
 */
@Injectable()
export class LimitStore implements OnModuleDestroy {
  private readonly logger = new Logger(LimitStore.name);
  readonly table: Table;
  private readonly cache = new Map<string, Cached>();
  private readonly reads = new Map<string, Promise<LimitItem | undefined>>();
  private readonly writer: LimitWriter;
  private pausedUntilMs = 0;
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    store: TableStore,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
    private readonly feed: ExchangeFeed,
    private readonly credentials: CredentialStates,
    private readonly health: StoreHealth,
    private readonly events: OperatorEvents,
  ) {
    this.table = store.table(limitTable(config.rateLimitTable));
    this.writer = new LimitWriter(this.table, health, {
      onWritten: (user, item) => this.keep(user, item),
      onFailure: (error) => this.noteUnwritten(error),
    });
  }

  /** The longest window of these owners that stops a request of these scopes now, if there is one. Never throws. */
  async closedWindow(owners: readonly string[], scopes: readonly string[]): Promise<ClosedScope | undefined> {
    if (!this.config.isTrackingLimits || scopes.length === 0) return undefined;
    const windows = await Promise.all(owners.map((owner) => this.windowOf(owner, scopes)));
    return windows.reduce((longest, window) =>
      (window?.retry_until ?? 0) > (longest?.retry_until ?? 0) ? window : longest,
    );
  }

  /** True if this process knows, without a read, that these owners have no limit at all. */
  hasNone(owners: readonly string[]): boolean {
    return !this.config.isTrackingLimits || owners.every((owner) => this.isKnownFree(owner));
  }

  private isKnownFree(owner: string): boolean {
    const cached = this.cache.get(owner);
    return cached !== undefined && cached.item === undefined && performance.now() - cached.readAtMs < CACHE_MS;
  }

  private async windowOf(user: string, scopes: readonly string[]): Promise<ClosedScope | undefined> {
    const item = await this.read(user);
    const window = closedWindowIn(item, scopes, nowSeconds(), this.config.isForcedLimit);
    if (item && !this.config.isForcedLimit) this.forget(user, item, (_name, scope) => scope.drill);
    return window;
  }

  /** Counts at once in this process, and soon in all. */
  close(user: string, window: LimitWindow, isDrill = false): void {
    if (!this.config.isTrackingLimits || window.scope.length > MAX_SCOPE_CHARACTERS) return;
    this.credentials.limited(window.scope.split('/')[0]!, window.seconds);
    const kept = storable(window);
    if (!isDrill) this.reportNew(user, kept);
    this.change(user, (item) => withWindow(item, user, kept, nowSeconds(), isDrill) ?? item);
  }

  private reportNew(user: string, window: LimitWindow): void {
    const isKnown = closedWindowIn(this.cache.get(user)?.item, [window.scope], nowSeconds(), false) !== undefined;
    const event = isKnown ? undefined : limitEventOf(user, window, nowSeconds());
    if (event) this.events.report(event);
  }

  /** These scopes have just answered: whatever was remembered about them is over. */
  reopen(user: string, scopes: readonly string[]): void {
    const item = this.cache.get(user)?.item;
    if (!item) return;
    this.credentials.reopened(scopes[0]?.split('/')[0] ?? '');
    this.forget(user, item, (name) => scopes.some((scope) => stops(name, scope)));
  }

  /** Forgets every limit of a user. @throws StorageError */
  async clear(user: string): Promise<void> {
    await this.settled();
    await this.table.delete({ user_id: user });
    this.keep(user, undefined);
    this.feed.changed('limits');
  }

  /**
   * Every user that is limited: what the index lists, and items of the original that this process has met, which no
   * index knows; they are read anew, because this process is not notified when one is cleared. @throws StorageError
   */
  async all(): Promise<LimitItem[]> {
    await this.settled();
    const listed = await Array.fromAsync(this.table.each({ index: LISTS.index, partition: LISTS.limits }));
    const met = await Promise.all(this.usersOutsideTheIndex().map((user) => this.itemOf(user)));
    const byUser = new Map<string, LimitItem>();
    for (const item of [...met, ...(listed as unknown as LimitItem[])]) if (item) byUser.set(item.user_id, item);
    return [...byUser.values()];
  }

  /** Windows in force, of the users and accounts that this process has met. */
  knownWindows(): number {
    let count = 0;
    for (const { item } of this.cache.values()) count += Object.keys(livingScopes(item, nowSeconds())).length;
    return count;
  }

  private usersOutsideTheIndex(): string[] {
    const users = [...this.cache].filter(([, { item }]) => item && item.list === undefined);
    return users.map(([user]) => user);
  }

  /** What the store has about a user, past every cache. @throws StorageError */
  async itemOf(user: string): Promise<LimitItem | undefined> {
    return (await this.table.get({ user_id: user })) as LimitItem | undefined;
  }

  /** Resolves once every change that this process was asked to store has been written, or has failed. */
  async settled(): Promise<void> {
    await this.writer.settled();
  }

  async onModuleDestroy(): Promise<void> {
    await this.settled();
  }

  private forget(user: string, item: LimitItem, isOver: (name: string, scope: ClosedScope) => boolean): void {
    if (!hasWindow(item, isOver)) return;
    this.change(user, (known) => known && withoutWindows(known, nowSeconds(), isOver));
  }

  private async read(user: string): Promise<LimitItem | undefined> {
    const cached = this.cache.get(user);
    const nowMs = performance.now();
    const isFresh = cached && nowMs - cached.readAtMs < CACHE_MS;
    if (isFresh || nowMs < this.pausedUntilMs) return cached?.item;
    const inTime = await Promise.race([this.readOnce(user), sleep(READ_PATIENCE_MS, 'late' as const, { ref: false })]);
    return inTime === 'late' ? cached?.item : inTime;
  }

  /** Requests of one user that come together share one read. */
  private readOnce(user: string): Promise<LimitItem | undefined> {
    const running = this.reads.get(user);
    if (running) return running;
    const read = this.table
      .get({ user_id: user })
      .then((item) => this.keep(user, this.writer.withChanges(user, item as LimitItem | undefined)))
      .catch((error: unknown) => {
        this.pause(error);
        return this.cache.get(user)?.item;
      })
      .finally(() => this.reads.delete(user));
    this.reads.set(user, read);
    return read;
  }

  private change(user: string, change: LimitChange): void {
    this.keep(user, change(this.cache.get(user)?.item));
    this.feed.changed('limits');
    this.writer.change(user, change);
  }

  private keep(user: string, item: LimitItem | undefined): LimitItem | undefined {
    this.cache.delete(user);
    this.cache.set(user, { item, readAtMs: performance.now() });
    if (this.cache.size > MAX_CACHED_USERS) this.cache.delete(this.cache.keys().next().value!);
    return item;
  }

  /** An item that the store will never take says nothing about the store. */
  private noteUnwritten(error: unknown): void {
    if (error instanceof StorageError && error.kind === 'invalid') {
      this.health.noteRefusedItem();
      this.logLimited('the limits of one user cannot be stored (invalid), so they count in this process only');
    } else {
      this.pause(error);
    }
  }

  private pause(error: unknown): void {
    this.health.noteFailure();
    this.pausedUntilMs = performance.now() + STORE_PAUSE_MS;
    this.logLimited(`the store of limits does not answer, so unknown limits do not count: ${String(error)}`);
  }

  private logLimited(message: string): void {
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    this.logger.warn(message);
  }
}

/** The window as every store can keep it: its text and its length come from an upstream. */
function storable({ scope, seconds, reason, isSpent = false }: LimitWindow): LimitWindow {
  return {
    scope: scope.toWellFormed(),
    seconds: Math.min(Math.max(seconds || 0, 0), MAX_WINDOW_SECONDS),
    reason: reason.slice(0, MAX_REASON_CHARACTERS).toWellFormed(),
    isSpent,
  };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
