import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { faultOf } from './bedrock-failures.js';
import { Lifeline } from './lifeline.js';

const never = () => new Promise<never>(() => {});

describe('Lifeline', () => {
  it('returns the awaited result', async () => {
    const lifeline = new Lifeline(new AbortController().signal, 1_000);
    expect(await lifeline.wait(Promise.resolve(7))).toBe(7);
    await expect(lifeline.wait(Promise.reject(new Error('x')))).rejects.toThrow('x');
    lifeline.cut();
  });

  it('ends all waits when the caller leaves, or has already left', async () => {
    const caller = new AbortController();
    const lifeline = new Lifeline(caller.signal, 1_000);
    const waiting = lifeline.wait(never());
    caller.abort();
    await expect(waiting).rejects.toThrow();
    expect([lifeline.signal.aborted, lifeline.isReleased]).toEqual([true, true]);
    await expect(new Lifeline(caller.signal, 1_000).wait(never())).rejects.toThrow();
  });

  it('is aborted by silence, which does not count as released', async () => {
    const lifeline = new Lifeline(new AbortController().signal, 20);
    const error = await lifeline.wait(never()).catch((thrown: unknown) => thrown);
    expect([lifeline.signal.aborted, lifeline.isReleased]).toEqual([true, false]);
    expect(faultOf(lifeline.causeOf(error))).toMatchObject({ failure: 'timed_out', type: 'timeout_error' });
  });

  it('does not count a slow reader as a silent Bedrock', async () => {
    const lifeline = new Lifeline(new AbortController().signal, 20);
    await lifeline.wait(Promise.resolve());
    await sleep(80);
    expect(lifeline.signal.aborted).toBe(false);
    lifeline.cut();
  });
});
