import type { FallbackState } from '@claude-proxy/admin-api';
import { type Item, type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type FallbackConfig, fallbackSection } from './fallback.config.js';
import { limitTable } from './limit.table.js';

/** Within this time each task follows the switch. */
const REFRESH_MS = 10_000;
const LOG_EVERY_MS = 60_000;
/** A name that no user can have. */
const KEY = { user_id: 'switch#fallback' };

/**
 * Turns fallback off in all tasks without a deployment, for example to stop the costs of Bedrock. The switch is an item
 * beside the limits and never expires. It cannot turn on what `BEDROCK_FALLBACK_ENABLED=false` has turned off. While the
 * store is unreachable, the last known position applies.
 */
@Injectable()
export class FallbackSwitch implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(FallbackSwitch.name);
  private readonly table: Table;
  private readonly rulesWhileOff: FallbackConfig;
  private off: Item | undefined;
  private timer: NodeJS.Timeout | undefined;
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    store: TableStore,
    @Inject(fallbackSection.token) private readonly config: FallbackConfig,
  ) {
    this.table = store.table(limitTable(config.rateLimitTable));
    this.rulesWhileOff = { ...config, isEnabled: false };
  }

  /** The settings, with fallback off while the switch is off. */
  get rules(): FallbackConfig {
    return this.off ? this.rulesWhileOff : this.config;
  }

  onModuleInit(): void {
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
    void this.refresh();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  state(): FallbackState {
    const { isEnabled } = this.config;
    return {
      is_on: isEnabled && !this.off,
      is_configured: isEnabled,
      off_since: this.off ? Number(this.off.since_ms) : null,
      reason: this.off ? String(this.off.reason) : null,
    };
  }

  /** @throws StorageError */
  async turnOff(reason: string): Promise<void> {
    const item = { ...KEY, since_ms: Date.now(), reason };
    await this.table.put(item);
    this.change(item);
  }

  /** @throws StorageError */
  async turnOn(): Promise<void> {
    await this.table.delete(KEY);
    this.change(undefined);
  }

  /** Reads the position that another task may have set. Never rejects. */
  async refresh(): Promise<void> {
    try {
      this.change(await this.table.get(KEY));
    } catch (error) {
      if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
      this.loggedAtMs = performance.now();
      this.logger.warn(`the switch of the fallback cannot be read: ${String(error)}`);
    }
  }

  private change(item: Item | undefined): void {
    if (item && !this.off) this.logger.warn(`fallback is off: ${String(item.reason)}`);
    if (!item && this.off) this.logger.log('fallback is on again');
    this.off = item;
  }
}
