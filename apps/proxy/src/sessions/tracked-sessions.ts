import { SessionLines } from './prompt/session-lines.js';

const MAX_SESSIONS = 20_000;
/** Of hashes. A session of 200 messages takes some 10 KB. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** Longer than any cache lives, so that the reason of a late request can be named. */
const TTL_MS = 3 * 60 * 60_000;

interface Tracked {
  readonly lines: SessionLines;
  memory: number;
  usedAtMs: number;
}

/** The sessions whose prompts this process has in memory. The longest unused are forgotten. */
export class TrackedSessions {
  /** The last used one at the end. */
  private readonly byKey = new Map<string, Tracked>();
  private memoryBytes = 0;

  get size(): number {
    return this.byKey.size;
  }

  get memory(): number {
    return this.memoryBytes;
  }

  /** @param key of the user and the session: the same id of two users is two sessions */
  linesOf(key: string, nowMs: number): SessionLines {
    const known = this.byKey.get(key);
    const session = known ?? { lines: new SessionLines(), memory: 0, usedAtMs: nowMs };
    session.usedAtMs = nowMs;
    this.byKey.delete(key);
    this.byKey.set(key, session);
    return session.lines;
  }

  /** The lines of a session have changed. */
  measure(key: string, nowMs: number): void {
    const session = this.byKey.get(key);
    if (session) {
      const { memory } = session.lines;
      this.memoryBytes += memory - session.memory;
      session.memory = memory;
    }
    for (const [oldest, { usedAtMs }] of this.byKey) {
      const isTooMuch = this.byKey.size > MAX_SESSIONS || this.memoryBytes > MAX_MEMORY_BYTES;
      if (!isTooMuch && nowMs - usedAtMs < TTL_MS) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    this.memoryBytes -= this.byKey.get(key)?.memory ?? 0;
    this.byKey.delete(key);
  }
}
