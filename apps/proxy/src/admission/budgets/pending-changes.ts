import type { IndependentWrite, Key, TableDefinition } from '@claude-proxy/storage';
import type { SharedCounter } from './shared-counter.js';

interface Place {
  readonly table: TableDefinition;
  readonly key: Key;
}

/** A line of the statement of a month. */
interface Line {
  readonly place: Place;
  spent: number;
  assumed: number;
  tokens: number;
  requests: number;
  ttl: number;
}

export interface LineChange {
  readonly spent: number;
  readonly assumed: number;
  readonly tokens: number;
  readonly ttl: number;
}

/** What the recorder has not taken yet: counters that were settled, and lines of statements, added up. */
export class PendingChanges {
  private readonly places = new WeakMap<SharedCounter, Place>();
  private readonly counters = new Set<SharedCounter>();
  private readonly lines = new Map<string, Line>();

  name(counter: SharedCounter, place: Place): void {
    this.places.set(counter, place);
  }

  has(counter: SharedCounter): boolean {
    return this.counters.has(counter);
  }

  settled(counter: SharedCounter): void {
    this.counters.add(counter);
  }

  /** @param id unique per line */
  addLine(id: string, placeOf: () => Place, { spent, assumed, tokens, ttl }: LineChange): void {
    let line = this.lines.get(id);
    if (!line) {
      line = { place: placeOf(), spent: 0, assumed: 0, tokens: 0, requests: 0, ttl };
      this.lines.set(id, line);
    }
    line.spent += spent;
    line.assumed += assumed;
    line.tokens += tokens;
    line.requests += 1;
    line.ttl = ttl;
  }

  take(): IndependentWrite[] {
    const counters = [...this.counters].map((counter): IndependentWrite => {
      const { table, key } = this.places.get(counter)!;
      return { kind: 'increment', table, key, ...counter.takeChange() };
    });
    const lines = [...this.lines.values()].map(({ place, ttl, ...add }): IndependentWrite => {
      return { kind: 'increment', ...place, add, set: { ttl } };
    });
    this.counters.clear();
    this.lines.clear();
    return [...counters, ...lines];
  }
}
