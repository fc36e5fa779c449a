import { describe, expect, it } from '@jest/globals';
import { type Baseline, baselineAfter, type CachedPrompt, cacheBreakOf } from './cache-break.js';
import { type Body, BREAKPOINT, promptOf, textBlock } from './testing/prompt-of.js';

const MINUTE_MS = 60_000;
const OWNER = {
  upstream: 'anthropic',
  model: 'claude-opus-5-5',
  organization: 'org-1',
  workspace: 'wrk-1',
  credential: 'a1',
};
const tool = (name: string) => ({ name, input_schema: { type: 'object' } });

/** A conversation of so many messages with a breakpoint at its end. */
function bodyOf(count: number, edited?: number): Body {
  const messages = Array.from({ length: count }, (_, index) => {
    const text = textBlock(`${index} ${index === edited ? 'edited' : ''}`, index === count - 1 ? BREAKPOINT : {});
    return { role: index % 2 === 0 ? 'user' : 'assistant', content: [text] };
  });
  return { tools: [tool('a'), tool('b')], system: [textBlock('one'), textBlock('two')], messages };
}

interface Sent extends Partial<Omit<CachedPrompt, 'prompt' | 'owner'>> {
  readonly owner?: Partial<CachedPrompt['owner']>;
}

function sent(body: Body, { owner, ...facts }: Sent = {}): CachedPrompt {
  const read = { readTokens: 0, writtenTokens: 20_000, inputTokens: 20_000 };
  return { id: 'exc_1', prompt: promptOf(body), owner: { ...OWNER, ...owner }, startedAtMs: 0, ...read, ...facts };
}

const FIRST: Baseline = baselineAfter(undefined, sent(bodyOf(9)));
const COLD = { readTokens: 0, writtenTokens: 21_000, inputTokens: 21_000, startedAtMs: MINUTE_MS };
const breakOf = (body: Body, facts: Sent = {}, before = FIRST) =>
  cacheBreakOf(before, sent(body, { ...COLD, ...facts }));

describe('cacheBreakOf', () => {
  it('is undefined where the cache was read, or lost less than a model can cache', () => {
    expect(breakOf(bodyOf(11), { readTokens: 20_000 })).toBeUndefined();
    expect(breakOf(bodyOf(11), { readTokens: 19_000 })).toBeUndefined();
    expect(breakOf({ ...bodyOf(11), tools: [] }, { readTokens: 20_000 })).toBeUndefined();
  });

  it.each<[string, Body, Sent, object]>([
    ['another upstream', bodyOf(11), { owner: { upstream: 'bedrock' } }, { kind: 'upstream', after: 'bedrock' }],
    ['another model', bodyOf(11), { owner: { model: 'claude-sonnet-5-5' } }, { kind: 'model' }],
    [
      'another organization',
      bodyOf(11),
      { owner: { organization: 'org-2', workspace: 'wrk-2' } },
      { kind: 'account', isOtherOrganization: true },
    ],
    [
      'another workspace',
      bodyOf(11),
      { owner: { workspace: 'wrk-2' } },
      { kind: 'account', isOtherOrganization: false },
    ],
    ['6 minutes', bodyOf(11), { startedAtMs: 6 * MINUTE_MS }, { kind: 'expired', idleMs: 6 * MINUTE_MS }],
    [
      'a tool',
      { ...bodyOf(11), tools: [tool('a'), tool('b'), tool('c')] },
      {},
      { kind: 'tools', before: 2, after: 3, added: 1 },
    ],
    [
      'a system block',
      { ...bodyOf(11), system: [textBlock('one'), textBlock('2')] },
      {},
      { kind: 'system', position: 2 },
    ],
    ['a setting', { ...bodyOf(11), thinking: { type: 'disabled' } }, {}, { kind: 'settings', names: ['thinking'] }],
    ['an earlier message', bodyOf(11, 4), { readTokens: 8_000 }, { kind: 'messages', position: 5 }],
    ['nothing', bodyOf(11), {}, { kind: 'unknown' }],
  ])('names %s as the reason', (_what, body, facts, reason) => {
    expect(breakOf(body, facts)?.reason).toMatchObject(reason);
  });

  it('counts what was lost: not what is new, and not what is not sent any more', () => {
    expect(breakOf(bodyOf(11), { readTokens: 5_000 })).toMatchObject({ expectedTokens: 20_000, lostTokens: 15_000 });
    expect(breakOf({ ...bodyOf(3), tools: [] }, { inputTokens: 6_000 })).toBeUndefined();
  });

  it('finds no break where a conversation was taken back to an earlier message, or a side question was asked', () => {
    const before = baselineAfter(FIRST, sent(bodyOf(15), { readTokens: 20_000, writtenTokens: 30_000 }));
    const back = {
      ...bodyOf(9),
      messages: [...bodyOf(9).messages, { role: 'user', content: [textBlock('another question', BREAKPOINT)] }],
    };
    expect(breakOf(back, { readTokens: 20_000, inputTokens: 40_000 }, before)).toBeUndefined();
    expect(breakOf(back, { readTokens: 0, inputTokens: 40_000 }, before)).toMatchObject({
      reason: { kind: 'unknown' },
      lostTokens: 20_000,
    });
  });

  it('names the first of several reasons in the order of the prompt, and the others beside it', () => {
    const body = { ...bodyOf(11, 4), tools: [tool('a')], system: 'other', thinking: { type: 'disabled' } };
    const found = breakOf(body, { startedAtMs: 10 * MINUTE_MS });
    expect([found?.reason.kind, ...(found?.also ?? [])]).toEqual([
      'expired',
      'tools',
      'system',
      'settings',
      'messages',
    ]);
  });

  it('waits an hour for entries with that life', () => {
    const hour = { ...BREAKPOINT, cache_control: { type: 'ephemeral', ttl: '1h' } };
    const body = { ...bodyOf(1), messages: [{ role: 'user', content: [textBlock('a', hour)] }] };
    const before = baselineAfter(undefined, sent(body));
    expect(breakOf(body, { startedAtMs: 59 * MINUTE_MS }, before)?.reason.kind).toBe('unknown');
    expect(breakOf(body, { startedAtMs: 61 * MINUTE_MS }, before)?.reason).toMatchObject({ kind: 'expired' });
  });

  it('knows that an entry is found at most 20 blocks before a breakpoint', () => {
    expect(breakOf(bodyOf(29))?.reason.kind).toBe('unknown');
    expect(breakOf(bodyOf(30))?.reason).toEqual({ kind: 'look_back', blocks: 21 });
    const without = { ...bodyOf(11), messages: bodyOf(12).messages.slice(0, -1) };
    expect(breakOf(without)?.reason).toEqual({ kind: 'no_breakpoint' });
  });

  it('takes another credential for the reason only if workspaces have no names and nothing else has changed', () => {
    const owner = { organization: undefined, workspace: undefined };
    const before = baselineAfter(undefined, sent(bodyOf(9), { owner }));
    const renewed = { owner: { ...owner, credential: 'a2' } };
    expect(breakOf(bodyOf(11), renewed, before)?.reason.kind).toBe('credential');
    expect(breakOf({ ...bodyOf(11), tools: [] }, renewed, before)?.reason.kind).toBe('tools');
    expect(breakOf(bodyOf(11), { owner: { credential: 'a2' } })?.reason.kind).toBe('unknown');
  });

  it('does not call the cache expired if another task has answered in between', () => {
    const idle = { startedAtMs: 6 * MINUTE_MS };
    expect(breakOf(bodyOf(11), idle)?.reason.kind).toBe('expired');
    expect(breakOf(bodyOf(13), idle)?.reason.kind).toBe('unknown');
  });
});
