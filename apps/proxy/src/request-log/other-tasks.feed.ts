import type { RequestLine } from '@claude-proxy/admin-api';
import { Injectable } from '@nestjs/common';
import { TaskRegister } from '../state/task.register.js';
import { LONG_MS, LongRequests } from './long-requests.js';
import { RequestLogQuery } from './request-log.query.js';

const POLL_MS = 2_000;
/** A request that is not long was written within this time before it is found. */
const WINDOW_MS = LONG_MS + 10_000;
/** Per poll. A page keeps no more. */
const MAX_LINES = 500;
/** A line is not found a second time once it has left the window. */
const FORGET_MS = 60_000;

type LineListener = (line: RequestLine) => void;

/** Reads the lines of the other tasks from the store, while a live feed is open and there are other tasks. */
@Injectable()
export class OtherTasksFeed {
  /** When each line was seen. */
  private readonly seen = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;

  constructor(
    private readonly tasks: TaskRegister,
    private readonly long: LongRequests,
    private readonly log: RequestLogQuery,
  ) {}

  /** A line of this task, which is not to be reported again. */
  note(id: string): void {
    if (this.timer) this.seen.set(id, performance.now());
  }

  start(listener: LineListener): void {
    if (this.timer) return;
    this.startedAt = Date.now();
    this.plan(listener);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.seen.clear();
  }

  private plan(listener: LineListener): void {
    const mine = setTimeout(async () => {
      // While the store is away, the feed has the requests of this task only.
      const lines = await this.newLines().catch(() => []);
      if (this.timer !== mine) return;
      for (const line of lines) listener(line);
      this.plan(listener);
    }, POLL_MS).unref();
    this.timer = mine;
  }

  /** The lines of other tasks that have not been returned before. @throws StorageError */
  async newLines(): Promise<RequestLine[]> {
    this.forget();
    await this.tasks.refresh();
    if (this.tasks.othersFacts.length === 0) return [];
    const recent = await this.log.newest(Date.now() - WINDOW_MS, MAX_LINES);
    const unseen = this.long.ofOthers.filter((id) => !this.seen.has(id));
    const late = await Promise.all(unseen.map((id) => this.log.storedLine(id)));
    const found = [...recent, ...late.filter((line) => line !== undefined)];
    return found.filter(({ id, started_at, duration_ms }) => {
      const isNew = !this.seen.has(id);
      this.seen.set(id, performance.now());
      return isNew && started_at + duration_ms >= this.startedAt;
    });
  }

  private forget(): void {
    const oldestMs = performance.now() - FORGET_MS;
    for (const [id, atMs] of this.seen) if (atMs < oldestMs) this.seen.delete(id);
  }
}
