import type { AccountVerdict, RateWindow } from '@claude-proxy/upstream';
import type { AnthropicError, AnthropicLimit } from './anthropic-limits.js';

/** A refusal that may be the account's fault, and what `anthropic-limits.ts` has read from it. */
export interface JudgedRefusal {
  readonly status: number;
  readonly error: AnthropicError;
  readonly limit: AnthropicLimit | undefined;
  readonly windows: readonly RateWindow[];
  readonly model: string;
}

type Rule = (refusal: JudgedRefusal, nowMs: number) => AccountVerdict | undefined;

/** A burst limit passes within seconds, and leaving a warm prompt cache costs more than waiting for it. */
const MAX_BURST_SECONDS = 3;
const ENTITLED_AGAIN_SECONDS = 60 * 60;

const SPEND_CAP_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);
const CLOSING_CODES = new Set(['organization_on_hold', 'claude_code_key_creator_not_member']);
const OWN_CAP = /^You have reached your specified (\w+ )*usage limits?\b/i;
const ON_HOLD = /\borganization (?:has been |is )?(?:disabled|on hold)\b/i;

/**
 * Whose fault a refusal is, as a table. The first row that matches counts. Every other refusal is the request's: another
 * account would refuse it, too. An overloaded model (529) is not the fault of an account.
 * Source: https://platform.claude.com/docs/en/api/errors, https://platform.claude.com/docs/en/api/rate-limits
 */
const RULES: readonly Rule[] = [
  spendCap,
  ownCap,
  unpaid,
  rateLimit,
  ({ status }) => (status === 401 ? verdict('refused', 'key', 'the key is not valid') : undefined),
  onHold,
  notEntitled,
  ({ status, error }) =>
    status === 403 && error.type === 'permission_error'
      ? verdict('refused', 'key', 'the key has no permission')
      : undefined,
];

export function verdictOf(refusal: JudgedRefusal, nowMs: number): AccountVerdict | undefined {
  for (const rule of RULES) {
    const found = rule(refusal, nowMs);
    if (found) return found;
  }
  return undefined;
}

/** Ends with the month (UTC): such a refusal has no `retry-after`. */
function spendCap({ error }: JudgedRefusal, nowMs: number): AccountVerdict | undefined {
  if (!SPEND_CAP_CODES.has(error.code ?? '')) return undefined;
  const now = new Date(nowMs);
  const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  return { ...verdict('capped', 'organization', error.code!), seconds: Math.ceil((endMs - nowMs) / 1_000) };
}

function ownCap({ error: { message = '' }, limit }: JudgedRefusal): AccountVerdict | undefined {
  const match = OWN_CAP.exec(message);
  if (!match) return undefined;
  const reach = /workspace/i.test(match[0]) ? 'workspace' : 'organization';
  return { ...verdict('capped', reach, 'own usage limit reached'), ...secondsOf(limit) };
}

function unpaid({ limit }: JudgedRefusal): AccountVerdict | undefined {
  return limit?.isSpent && limit.scope === 'all' ? verdict('unpaid', 'organization', limit.reason) : undefined;
}

function rateLimit({ status, error, limit, windows }: JudgedRefusal): AccountVerdict | undefined {
  // Long contexts that the organization has not bought: every other request is served as before.
  if (status !== 429 || !limit || limit.isSpent) return undefined;
  const isShort = limit.seconds !== undefined && limit.seconds <= MAX_BURST_SECONDS;
  const isExhausted = windows.some(({ remaining }) => remaining === 0);
  const isBurst = error.code === 'ramp_limit_exceeded' || (isShort && !isExhausted);
  return {
    ...verdict(isBurst ? 'slowed' : 'cooling', 'organization', limit.reason),
    isOfGroup: true,
    ...secondsOf(limit),
  };
}

function onHold({ status, error: { code = '', message = '' } }: JudgedRefusal): AccountVerdict | undefined {
  if (status !== 400 && status !== 403) return undefined;
  if (CLOSING_CODES.has(code)) return verdict('refused', 'organization', code);
  return ON_HOLD.test(message.slice(0, 200)) ? verdict('refused', 'organization', 'organization on hold') : undefined;
}

/** Names the model: a 404 or 403 about anything else is the request's. */
function notEntitled({ status, error, model }: JudgedRefusal): AccountVerdict | undefined {
  const isOfModel = error.message?.includes(model) ?? false;
  const isRefused =
    (status === 404 && error.type === 'not_found_error') || (status === 403 && error.type === 'permission_error');
  return isRefused && isOfModel
    ? { ...verdict('not_entitled', 'key', `no access to ${model}`), isOfGroup: true, seconds: ENTITLED_AGAIN_SECONDS }
    : undefined;
}

function verdict(fault: AccountVerdict['fault'], reach: AccountVerdict['reach'], reason: string): AccountVerdict {
  return { fault, reach, isOfGroup: false, reason };
}

function secondsOf(limit: AnthropicLimit | undefined): { readonly seconds?: number } {
  return limit?.seconds === undefined ? {} : { seconds: limit.seconds };
}
