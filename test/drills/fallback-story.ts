import { setTimeout as sleep } from 'node:timers/promises';
import { rateLimited } from '@claude-proxy/simulator';
import { type Asking, ask, type Seen } from './scene.js';
import type { Stage } from './stage.js';

/** A scene with its observed result and its faults. */
export interface Played {
  readonly title: string;
  readonly seen: Seen;
  readonly faults: readonly string[];
}

interface Expected {
  readonly upstream: string;
  readonly fallback: string | null;
}

/** Long enough for a few requests, short enough for a drill. */
const WINDOW_SECONDS = 3;

/** Does not wait for short windows, so that a window of seconds can close and open during the drill. */
export const STORY_ENVIRONMENT = { RETRY_THRESHOLD_SECONDS: '0' };

const ANTHROPIC: Expected = { upstream: 'anthropic', fallback: null };

/** Normal, 429, Bedrock, limit remembered, back: streamed or not. */
export async function* playFallbackStory(stage: Stage, isStream: boolean): AsyncGenerator<Played> {
  const user = isStream ? 'alice' : 'bob';
  const how = isStream ? 'streamed' : 'in one piece';
  const play = (title: string, expected: Expected, asking: Partial<Asking> = {}) =>
    scene(stage, `${title}, ${how}`, expected, { isStream, user, ...asking });
  yield play('no fault', ANTHROPIC);
  stage.anthropic.script(rateLimited({ retryAfterSeconds: WINDOW_SECONDS }));
  yield play(`Anthropic returns 429 for ${WINDOW_SECONDS} s`, { upstream: 'bedrock', fallback: 'rate_limited' });
  const askedBefore = stage.anthropic.requests.length;
  const remembered = await play('the limit is remembered', { upstream: 'bedrock', fallback: 'limit_remembered' });
  const wasSpared = stage.anthropic.requests.length === askedBefore;
  yield wasSpared ? remembered : { ...remembered, faults: [...remembered.faults, 'Anthropic got the request anyway'] };
  yield play('another model is not limited', ANTHROPIC, { model: 'claude-haiku-5-5' });
  await sleep(WINDOW_SECONDS * 1_000 + 100);
  yield play('the window is over', ANTHROPIC);
}

async function scene(stage: Stage, title: string, expected: Expected, asking: Asking): Promise<Played> {
  const seen = await ask(stage, asking);
  const faults = [
    ...(seen.upstream === expected.upstream ? [] : [`answered by ${seen.upstream}, not by ${expected.upstream}`]),
    ...(seen.fallback === expected.fallback ? [] : [`the reason is ${seen.fallback}, not ${expected.fallback}`]),
    ...(seen.text.toLowerCase().includes(expected.upstream) ? [] : [`the text is ${JSON.stringify(seen.text)}`]),
    ...(seen.outputTokens > 0 ? [] : ['no tokens were counted']),
  ];
  return { title, seen, faults };
}
