import { describe, expect, it } from '@jest/globals';
import { limitEventOf } from './limit-event.js';

const NOW = 1_700_000_000;
const WINDOW = { scope: 'abc/opus', seconds: 3_600, reason: 'the 5-hour limit' };

describe('the event of a limit', () => {
  it('names the user or the account, and when the limit ends', () => {
    expect(limitEventOf('alice', WINDOW, NOW)).toMatchObject({
      type: 'limit.reached',
      subject: 'user:alice',
      text: 'user:alice is limited until 2023-11-14T23:13Z: the 5-hour limit',
      details: { until: (NOW + 3_600) * 1_000, is_spent: false },
    });
    expect(limitEventOf('account#abc', WINDOW, NOW)!.subject).toBe('account:abc');
  });

  it('is the same for tasks that meet the limit some seconds apart', () => {
    const [one, other] = [0, 20].map((later) =>
      limitEventOf('alice', { ...WINDOW, seconds: 3_600 - later }, NOW + later),
    );
    expect(other!.occurrence).toBe(one!.occurrence);
  });

  it('does not exist for a limit that ends within a minute', () => {
    expect(limitEventOf('alice', { ...WINDOW, seconds: 59 }, NOW)).toBeUndefined();
  });
});
