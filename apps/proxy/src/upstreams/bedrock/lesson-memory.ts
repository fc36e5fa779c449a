import type { SharedMemory } from '@claude-proxy/upstream';
import type { Lesson } from './lessons.js';

/** AWS adds features, so a lesson expires after a day and the part is then sent again. */
const LIFE_SECONDS = 24 * 60 * 60;
/** Maximum delay until lessons of other tasks are read. */
const RECALL_EVERY_MS = 60_000;
const MAX_PLACES = 500;
const MAX_LESSONS = 40;

/** A lesson and its end, in epoch seconds. */
type Timed = readonly [lesson: Lesson, endsAt: number];

interface Place {
  readonly lessons: Map<string, Timed>;
  recalledAtMs: number;
}

/**
 * Stores lessons by place: the Region, the model and the shape of the requests that they come from. Bounded
 * in size and time, and shared with other tasks if they share a store.
 */
export class LessonMemory {
  private readonly places = new Map<string, Place>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  /** The lessons of this process. */
  current(name: string): Lesson[] {
    const place = this.places.get(name);
    if (!place) return [];
    const nowSeconds = this.nowMs() / 1_000;
    for (const [key, [, endsAt]] of place.lessons) if (endsAt <= nowSeconds) place.lessons.delete(key);
    return [...place.lessons.values()].map(([lesson]) => lesson);
  }

  /** The lessons of all tasks, at most a minute old. Never rejects. */
  async recall(name: string, shared: SharedMemory | undefined): Promise<Lesson[]> {
    const place = this.placeOf(name);
    if (shared && this.nowMs() - place.recalledAtMs >= RECALL_EVERY_MS) {
      place.recalledAtMs = this.nowMs();
      for (const timed of timedIn(await shared.recall(name))) add(place, timed);
    }
    return this.current(name);
  }

  learn(name: string, lessons: readonly Lesson[], shared: SharedMemory | undefined): void {
    if (lessons.length === 0) return;
    const place = this.placeOf(name);
    const endsAt = Math.ceil(this.nowMs() / 1_000) + LIFE_SECONDS;
    for (const lesson of lessons) add(place, [lesson, endsAt]);
    shared?.remember(name, JSON.stringify([...place.lessons.values()]), LIFE_SECONDS);
  }

  private placeOf(name: string): Place {
    const known = this.places.get(name);
    if (known) return known;
    const place: Place = { lessons: new Map(), recalledAtMs: Number.NEGATIVE_INFINITY };
    this.places.set(name, place);
    dropOldest(this.places, MAX_PLACES);
    return place;
  }
}

function add({ lessons }: Place, timed: Timed): void {
  const key = JSON.stringify(timed[0]);
  lessons.delete(key);
  lessons.set(key, timed);
  dropOldest(lessons, MAX_LESSONS);
}

/** Another version of the gateway may have written the text. */
function timedIn(text: string | undefined): Timed[] {
  try {
    const entries: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(entries) ? entries.filter(isTimed) : [];
  } catch {
    return [];
  }
}

function isTimed(entry: unknown): entry is Timed {
  return Array.isArray(entry) && typeof entry[0]?.kind === 'string' && typeof entry[1] === 'number';
}

function dropOldest(entries: Map<string, unknown>, limit: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= limit) return;
    entries.delete(key);
  }
}
