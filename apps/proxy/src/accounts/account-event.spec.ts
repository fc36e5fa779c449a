import { describe, expect, it } from '@jest/globals';
import type { Account } from './account.js';
import { accountEventOf } from './account-event.js';

const NOON = Date.UTC(2026, 10, 27, 12);
const ACCOUNT = { id: 'acc_1', name: 'gamma' } as Account;
const verdict = { reach: 'organization', isOfGroup: false, reason: 'credit balance too low' } as const;
const eventOf = (fault: 'unpaid' | 'refused' | 'cooling', atMs = NOON) =>
  accountEventOf(ACCOUNT, { ...verdict, fault }, atMs);

describe('the event of an account that is out', () => {
  it('names the account, the reason and what to do', () => {
    expect(eventOf('unpaid')).toMatchObject({
      type: 'account.out',
      subject: 'account:gamma',
      text: 'The account gamma serves no requests: credit balance too low. Buy credit, or raise its limit.',
    });
  });

  it('occurs once a day and fault', () => {
    const hour = 3_600_000;
    expect(eventOf('unpaid', NOON + hour)!.occurrence).toBe(eventOf('unpaid')!.occurrence);
    expect(eventOf('unpaid', NOON + 24 * hour)!.occurrence).not.toBe(eventOf('unpaid')!.occurrence);
    expect(eventOf('refused')!.occurrence).not.toBe(eventOf('unpaid')!.occurrence);
  });

  it('is none for a limit that ends by itself', () => {
    expect(eventOf('cooling')).toBeUndefined();
  });
});
