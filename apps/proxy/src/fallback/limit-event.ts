import type { LimitWindow } from '@claude-proxy/upstream';
import type { EventReport } from '../exchange/operator-events.js';
import { isAccount } from './limit-owner.js';

/** Limits per minute end before an operator could act, and come back every minute. */
const MIN_SECONDS = 60;
/** Two tasks that meet one limit see ends that differ by seconds. */
const SAME_END_SECONDS = 300;

/** Undefined for a limit that ends within a minute. @param owner of the limit, as `limitOwnersOf` names it */
export function limitEventOf(owner: string, window: LimitWindow, nowSeconds: number): EventReport | undefined {
  const { scope, seconds, reason, isSpent = false } = window;
  if (seconds < MIN_SECONDS) return undefined;
  const subject = isAccount(owner) ? owner.replace('#', ':') : `user:${owner}`;
  const until = Math.ceil(nowSeconds + seconds);
  const end = isSpent ? 'until more credit is bought' : `until ${new Date(until * 1_000).toISOString().slice(0, 16)}Z`;
  return {
    type: 'limit.reached',
    subject,
    text: `${subject} is limited ${end}: ${reason}`,
    details: { scope, reason, until: until * 1_000, is_spent: isSpent },
    occurrence: `${scope} ${Math.round(until / SAME_END_SECONDS)}`,
  };
}
