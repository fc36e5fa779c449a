import { setTimeout as sleep } from 'node:timers/promises';
import { type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import type { OpenSession } from './session.cookie.js';

/** How long this task may still accept a session that was ended in another task. */
const LOOK_AGAIN_MS = 3_000;
const READ_PATIENCE_MS = 250;
const MAX_REMEMBERED = 10_000;

/**
 * Sessions that were signed out early, in all tasks. While the store is unreachable, a session that was ended in
 * another task stays valid until its own end: operators need access during an outage.
 */
@Injectable()
export class EndedSessions {
  private readonly logger = new Logger('Sessions');
  /** By id: ended, or the monotonic time of the last check. */
  private readonly known = new Map<string, 'ended' | number>();

  constructor(
    private readonly store: TableStore,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** Takes effect at once in this process. Never rejects. */
  async end({ id, endsAt }: OpenSession): Promise<void> {
    this.remember(id, 'ended');
    try {
      await this.table.put({ ...keyOf(id), ttl: endsAt });
    } catch (error) {
      this.logger.warn(`other tasks do not know yet that a session was signed out: ${String(error)}`);
    }
  }

  /** Never rejects. */
  async has({ id }: OpenSession): Promise<boolean> {
    const known = this.known.get(id);
    if (known === 'ended') return true;
    if (known !== undefined && performance.now() - known < LOOK_AGAIN_MS) return false;
    this.remember(id, performance.now());
    const read = this.table.get(keyOf(id)).catch(() => undefined);
    const item = await Promise.race([read, sleep(READ_PATIENCE_MS, undefined, { ref: false })]);
    if (item) this.remember(id, 'ended');
    return item !== undefined;
  }

  private remember(id: string, state: 'ended' | number): void {
    this.known.delete(id);
    this.known.set(id, state);
    if (this.known.size > MAX_REMEMBERED) this.known.delete(this.known.keys().next().value!);
  }

  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }
}

function keyOf(id: string): { partition: string; sort: string } {
  return { partition: `session#${id}`, sort: 'ended' };
}
