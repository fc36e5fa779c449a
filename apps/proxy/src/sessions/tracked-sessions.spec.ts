import { describe, expect, it } from '@jest/globals';
import { baselineAfter, type CachedPrompt } from './prompt/cache-break.js';
import type { Prompt } from './prompt/prompt.js';
import { promptOf } from './prompt/testing/prompt-of.js';
import { TrackedSessions } from './tracked-sessions.js';

const HOUR_MS = 60 * 60_000;
const MAX_BYTES = 64 * 1024 * 1024;
const OWNER = { upstream: 'anthropic', model: 'm', organization: 'o', workspace: 'w', credential: 'c' };

function promptWith(messages: number): Prompt {
  return promptOf({
    messages: Array.from({ length: messages }, (_, index) => ({ role: 'user', content: `${index}` })),
  });
}

/** Another conversation of a session. */
function keep(sessions: TrackedSessions, key: string, prompt: Prompt, nowMs: number): void {
  const tokens = { readTokens: 0, writtenTokens: 0, inputTokens: 0 };
  const request: CachedPrompt = { id: key, prompt, owner: OWNER, startedAtMs: nowMs, ...tokens };
  const line = { number: 0, agent: undefined, baseline: undefined };
  sessions.linesOf(key, nowMs).keep(line, baselineAfter(undefined, request));
  sessions.measure(key, nowMs);
}

describe('tracked sessions', () => {
  it('are at most 20,000, and forget the one that was not used for longest', () => {
    const sessions = new TrackedSessions();
    const prompt = promptWith(1);
    for (let index = 0; index < 20_100; index += 1) keep(sessions, `s${index}`, prompt, index);
    expect(sessions.size).toBe(20_000);
    expect(sessions.memory).toBeLessThan(MAX_BYTES);
  });

  it('take at most 64 MB of hashes, however long their conversations are', () => {
    const sessions = new TrackedSessions();
    const longest = promptWith(5_000);
    for (let index = 0; index < 2_000; index += 1) keep(sessions, `s${index}`, longest, index);
    expect(sessions.memory).toBeLessThanOrEqual(MAX_BYTES);
    expect(sessions.size).toBeGreaterThan(400);
    expect(sessions.size).toBeLessThan(600);
  });

  it('have at most 24 conversations each', () => {
    const sessions = new TrackedSessions();
    const prompt = promptWith(1);
    for (let index = 0; index < 100; index += 1) keep(sessions, 'busy', prompt, index);
    expect(sessions.memory).toBeLessThan(25 * 1_100);
  });

  it('are forgotten after three hours', () => {
    const sessions = new TrackedSessions();
    keep(sessions, 'old', promptWith(3), 0);
    keep(sessions, 'new', promptWith(3), 3 * HOUR_MS);
    expect(sessions.size).toBe(1);
  });
});
