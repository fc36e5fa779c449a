import { GatewayError } from '../../exchange/gateway-error.js';
import type { OpenCap } from './budget.ledger.js';
import { amountText } from './budget-record.js';

const PER_WINDOW = { day: 'a day', week: 'a week', month: 'a month' } as const;
const THIS_WINDOW = { day: 'today', week: 'this week', month: 'this month' } as const;
const MAX_RETRY_AFTER_SECONDS = 31 * 24 * 60 * 60;
const STORE_RETRY_SECONDS = 5;

/** The share of the cap that is spent, in whole percent. */
export function percentOf({ counter, cap }: Pick<OpenCap, 'counter' | 'cap'>): number {
  return cap === 0 ? 100 : Math.floor((counter.spent / cap) * 100);
}

/** `76% of $20.00 today`. */
export function shareText(open: OpenCap): string {
  return `${percentOf(open)}% of ${amountText(open.unit, open.cap)} ${THIS_WINDOW[open.window]}`;
}

/**
 * The form after which Claude Code sends one request only and shows the message. OpenAI's clients get
 * `insufficient_quota`.
 */
export function budgetRefusal(open: OpenCap, contact: string, nowMs: number): GatewayError {
  const { unit, cap, counter, window, endsAt, scope } = open;
  const renewal = new Date(endsAt).toISOString().slice(0, 16).replace('T', ' ');
  const spent = amountText(unit, counter.spent);
  return new GatewayError({
    type: 'billing_error',
    status: 429,
    message: `The budget of ${nameOf(scope)} is used up: ${spent} of ${amountText(unit, cap)} ${PER_WINDOW[window]}${reservedText(open)}. It renews at ${renewal} UTC. Ask ${contact} to raise it.`,
    retryAfterSeconds: Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil((endsAt - nowMs) / 1_000))),
    isWorthRetrying: false,
  });
}

export function storeLost(cause: unknown): GatewayError {
  return new GatewayError({
    type: 'api_error',
    status: 503,
    message: 'The budget cannot be checked now, because the store of the gateway does not answer. Try again.',
    retryAfterSeconds: STORE_RETRY_SECONDS,
    cause,
  });
}

export function bedrockRefusal({ unit, cap, counter, window, endsAt }: OpenCap): string {
  const renewal = new Date(endsAt).toISOString().slice(0, 16).replace('T', ' ');
  return `its budget is used up: ${amountText(unit, counter.spent)} of ${amountText(unit, cap)} ${PER_WINDOW[window]}; it renews at ${renewal} UTC`;
}

/** Under the cap, but requests in flight have reserved the rest. */
function reservedText({ counter, cap, unit }: OpenCap): string {
  return counter.spent < cap ? `, and requests in flight have reserved ${amountText(unit, cap - counter.spent)}` : '';
}

function nameOf(scope: string): string {
  if (scope === 'everybody') return 'all users together';
  const [kind, name] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)];
  return kind === 'key' ? `the client key ${name}` : `the ${kind} ${name}`;
}
