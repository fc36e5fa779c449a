import type { Verdict } from '@claude-proxy/admin-api';
import type { FeedState } from '../api/live-feed.js';
import type { Format } from '../format/create-format.js';
import type { Texts } from '../texts/en.js';

/** What the page knows: the gateway's own verdict, and whether the gateway can be reached. */
export interface Knowledge {
  readonly verdict: Verdict | undefined;
  /** Epoch milliseconds of the verdict. */
  readonly verdictAt: number | undefined;
  /** Of the last question: 0 without an answer. Undefined if it was answered. */
  readonly errorStatus: number | undefined;
  readonly feed: FeedState;
  /** When the feed was last lost, epoch milliseconds. */
  readonly lostAt: number | undefined;
}

export interface ShownVerdict {
  readonly mood: Verdict['mood'] | 'waiting';
  readonly headline: string;
  readonly note: string;
  readonly mend: string | null;
}

/** The feed notices within a second that the gateway is gone or drains; everything else is the gateway's judgement. */
export function shownVerdict(knowledge: Knowledge, texts: Texts, format: Format): ShownVerdict {
  const { verdict, verdictAt, errorStatus, feed, lostAt } = knowledge;
  const { words } = texts.verdict;
  if (feed === 'draining') return { mood: 'warning', headline: words.draining, note: words.drainingNote, mend: null };
  if (errorStatus === 0)
    return { mood: 'trouble', headline: words.unreachable, note: words.unreachableNote, mend: null };
  const isLost = feed === 'waiting' && lostAt !== undefined && lostAt > (verdictAt ?? 0);
  if (isLost) return { mood: 'waiting', headline: words.lost, note: words.lostNote, mend: null };
  if (!verdict) return { mood: 'waiting', headline: words.waiting, note: '', mend: null };
  return { mood: verdict.mood, ...texts.verdict.sentences(verdict, format) };
}

/** One word for the light beside the menu. It never says "live" under a verdict that says otherwise. */
export type LightState = FeedState | 'unreachable';

export function lightOf({ feed, errorStatus, verdict }: Knowledge): LightState {
  if (feed === 'draining') return feed;
  if (errorStatus === 0) return 'unreachable';
  return verdict?.code === 'draining' ? 'draining' : feed;
}
