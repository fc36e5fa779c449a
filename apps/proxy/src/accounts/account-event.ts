import type { AccountFault, AccountVerdict } from '@claude-proxy/upstream';
import type { EventReport } from '../exchange/operator-events.js';
import type { Account } from './account.js';

/** Faults that only a person ends: with another key, or with money. */
const MENDS: Partial<Record<AccountFault, string>> = {
  refused: 'Rotate its key.',
  unpaid: 'Buy credit, or raise its limit.',
};

/** Undefined for an account that serves again by itself; `limit.reached` reports those. Once a day and fault. */
export function accountEventOf({ id, name }: Account, verdict: AccountVerdict, nowMs: number): EventReport | undefined {
  const { fault, reason } = verdict;
  const mend = MENDS[fault];
  if (mend === undefined) return undefined;
  return {
    type: 'account.out',
    subject: `account:${name}`,
    text: `The account ${name} serves no requests: ${reason}. ${mend}`,
    details: { account_id: id, state: fault, reason },
    occurrence: `${fault} ${new Date(nowMs).toISOString().slice(0, 10)}`,
  };
}
