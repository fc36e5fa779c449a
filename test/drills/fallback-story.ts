import { setTimeout as sleep } from 'node:timers/promises';
import { rateLimited } from '@claude-proxy/simulator';
import { type Asking, ask, type Seen } from './scene.js';
import type { Stage } from './stage.js';

/** A scene, what has to be seen in it, and what was. */
export interface Played {
  readonly title: string;
  readonly seen: Seen;
  readonly faults: readonly string[];
}

interface Expected {
  readonly upstream: string;
  readonly fallback: string | null;
}

/** Long enough for a few requests, short enough to wait for. */
const WINDOW_SECONDS = 3;

/** Without waiting for short windows, so that a window of seconds can be watched closing and opening. */
export const STORY_ENVIRONMENT = { RETRY_THRESHOLD_SECONDS: '0' };

const ANTHROPIC: Expected = { upstream: 'anthropic', fallback: null };

/** Normal, 429, Bedrock, limit remembered, back: streamed or not. */
export async function* playFallbackStory(stage: Stage, isStream: boolean): AsyncGenerator<Played> {
  const user = isStream ? 'alice' : 'bob';
  const how = isStream ? 'streamed' : 'in one piece';
  const play = (title: string, expected: Expected, asking: Partial<Asking> = {}) =>
    scene(stage, `${title}, ${how}`, expected, { isStream, user, ...asking });
  yield play('all is well', ANTHROPIC);
  stage.anthropic.script(rateLimited({ retryAfterSeconds: WINDOW_SECONDS }));
  yield play(`Anthropic says 429 for ${WINDOW_SECONDS} s`, { upstream: 'bedrock', fallback: 'rate_limited' });
  const askedBefore = stage.anthropic.requests.length;
  const remembered = await play('the limit is remembered', { upstream: 'bedrock', fallback: 'limit_remembered' });
  const wasSpared = stage.anthropic.requests.length === askedBefore;
  yield wasSpared ? remembered : { ...remembered, faults: [...remembered.faults, 'Anthropic was asked all the same'] };
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
