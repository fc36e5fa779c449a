import { describe, expect, it } from '@jest/globals';
import { LessonMemory } from './lesson-memory.js';
import type { Lesson } from './lessons.js';

const path = (name: string): Lesson => ({ kind: 'path', path: name });
const DAY_MS = 24 * 60 * 60 * 1_000;

function sharedMemory() {
  const texts = new Map<string, string>();
  const calls = { recalled: 0 };
  return {
    texts,
    calls,
    recall: async (key: string) => {
      calls.recalled += 1;
      return texts.get(key);
    },
    remember: (key: string, text: string) => void texts.set(key, text),
  };
}

describe('LessonMemory', () => {
  it('stores lessons per place, each lesson once', () => {
    const memory = new LessonMemory();
    memory.learn('a', [path('x'), path('y')], undefined);
    memory.learn('a', [path('x')], undefined);
    expect(memory.current('a')).toEqual([path('y'), path('x')]);
    expect(memory.current('b')).toEqual([]);
  });

  it('forgets lessons after a day', () => {
    let nowMs = 0;
    const memory = new LessonMemory(() => nowMs);
    memory.learn('a', [path('x')], undefined);
    nowMs = DAY_MS - 1;
    expect(memory.current('a')).toHaveLength(1);
    nowMs = DAY_MS;
    expect(memory.current('a')).toEqual([]);
  });

  it('shares lessons with other tasks, and reads theirs once a minute', async () => {
    let nowMs = 0;
    const shared = sharedMemory();
    const [one, other] = [new LessonMemory(() => nowMs), new LessonMemory(() => nowMs)];
    expect(await other.recall('a', shared)).toEqual([]);
    one.learn('a', [path('x')], shared);
    expect(await other.recall('a', shared)).toEqual([]);
    expect(shared.calls.recalled).toBe(1);
    nowMs = 60_000;
    expect(await other.recall('a', shared)).toEqual([path('x')]);
    other.learn('a', [path('y')], shared);
    nowMs = 120_000;
    expect(await one.recall('a', shared)).toEqual([path('x'), path('y')]);
  });

  it.each(['', '{', 'null', '[1]', '[["x"]]', '[[null,1]]'])('ignores unreadable lessons: %j', async (text) => {
    const shared = sharedMemory();
    shared.texts.set('a', text);
    expect(await new LessonMemory().recall('a', shared)).toEqual([]);
  });

  it('is bounded', () => {
    const memory = new LessonMemory();
    for (let index = 0; index < 1_000; index += 1) memory.learn(`place-${index}`, [path('x')], undefined);
    expect(memory.current('place-0')).toEqual([]);
    expect(memory.current('place-999')).toHaveLength(1);
    for (let index = 0; index < 1_000; index += 1) memory.learn('one', [path(`field-${index}`)], undefined);
    expect(memory.current('one')).toHaveLength(40);
    expect(memory.current('one').at(-1)).toEqual(path('field-999'));
  });
});
