import type { OperatorEvent } from '@claude-proxy/admin-api';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type EventReport, OperatorEvents } from './operator-events.js';

const REPORT: EventReport = {
  type: 'budget.reached',
  subject: 'user:alice',
  text: 'The budget of user:alice has reached 75 %.',
  details: { level: 75 },
  occurrence: 'usd day 2026-11-27 75',
};

describe('operator events', () => {
  beforeEach(() => Logger.overrideLogger(false));
  const heardBy = (events: OperatorEvents): OperatorEvent[] => {
    const heard: OperatorEvent[] = [];
    events.onEvent((event) => heard.push(event));
    return heard;
  };

  it('are reported once per occurrence, with an id that is equal on all tasks', () => {
    const [first, second] = [new OperatorEvents(), new OperatorEvents()];
    const [one, other] = [heardBy(first), heardBy(second)];
    for (const events of [first, first, second]) events.report(REPORT);
    first.report({ ...REPORT, occurrence: 'usd day 2026-11-28 75' });
    expect([one.length, other.length]).toEqual([2, 1]);
    expect(other[0]).toEqual({ ...one[0], at: expect.any(Number) });
    expect(one[0]).not.toHaveProperty('occurrence');
    expect(one[1]!.id).not.toBe(one[0]!.id);
  });

  it('reach all listeners if one of them throws', () => {
    const events = new OperatorEvents();
    events.onEvent(() => {
      throw new Error('broken');
    });
    const heard = heardBy(events);
    events.report(REPORT);
    expect(heard).toHaveLength(1);
  });

  it('have no key in their text', () => {
    const events = new OperatorEvents();
    const heard = heardBy(events);
    events.report({ ...REPORT, text: 'a loop of sk-ant-api03-abcdefghijklmnop' });
    expect(heard[0]!.text).toBe('a loop of sk-***');
  });
});
