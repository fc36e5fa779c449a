import type { ErrorCount } from '@claude-proxy/admin-api';
import type { FinishedExchange } from '../exchange/exchange.js';

type Ending = Pick<FinishedExchange, 'outcome' | 'status' | 'attempts'>;

/**
 * The status of an error and its reason, as one name: `529#overloaded`. A reason is the failure of the last attempt, `broken`
 * for an answer that was cut off, or `gateway` for a refusal before any upstream was asked, such as a throttle or a budget. So
 * their number is bounded.
 */
export function errorOf({ outcome, status, attempts }: Ending): string {
  if (outcome === 'broken') return `${status}#broken`;
  const reason = attempts.length === 0 ? 'gateway' : (attempts.at(-1)?.failure ?? 'rejected');
  return `${status}#${reason}`;
}

export function errorIn(name: string): Pick<ErrorCount, 'status' | 'reason'> {
  const [status, reason = ''] = name.split('#');
  return { status: Number(status), reason };
}
