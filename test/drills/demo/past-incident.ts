import type { BreakReason } from '../../../apps/proxy/src/sessions/prompt/cache-break.js';
import { ACCOUNTS, between, pick } from './company.js';

const MINUTE_MS = 60_000;
const TTL_MS = 5 * MINUTE_MS;

/** A session before its next request. */
export interface SessionState {
  readonly account: string;
  readonly tools: number;
  readonly messages: number;
  readonly cachedTokens: number;
  /** Of that, tools and system prompt. */
  readonly headTokens: number;
}

/** What costs a session its prompt cache, and what is different from then on. */
export interface Incident {
  readonly reason: BreakReason;
  /** What is read from the cache in spite of it. */
  readonly readTokens: number;
  readonly pauseMs?: number;
  readonly tools?: number;
  readonly account?: string;
  readonly isOnBedrock?: boolean;
}

const EXPIRED = (): Incident => {
  const pauseMs = between(6, 40) * MINUTE_MS;
  return { reason: { kind: 'expired', idleMs: pauseMs, ttlMs: TTL_MS }, readTokens: 0, pauseMs };
};

const TOOLS = ({ tools }: SessionState): Incident => {
  const added = Math.round(between(1, 4));
  const counts = { before: tools, after: tools + added, added, removed: 0, changed: 0, position: tools + 1 };
  return { reason: { kind: 'tools', part: 'tools', ...counts }, readTokens: 0, tools: tools + added };
};

const SYSTEM = (): Incident => ({
  reason: { kind: 'system', part: 'system', before: 3, after: 3, position: 3 },
  readTokens: 0,
});

const SETTINGS = ({ headTokens }: SessionState): Incident => ({
  reason: { kind: 'settings', part: 'settings', names: ['thinking'] },
  readTokens: headTokens,
});

const MESSAGES = ({ messages, cachedTokens, headTokens }: SessionState): Incident => {
  const share = between(0.1, 0.6);
  const position = Math.max(1, Math.round(messages * share));
  return {
    reason: { kind: 'messages', part: 'messages', before: messages, after: messages + 2, position, isRestKept: true },
    readTokens: Math.round(headTokens + (cachedTokens - headTokens) * share),
  };
};

const ACCOUNT = ({ account }: SessionState): Incident => {
  const own = ACCOUNTS.find(({ name }) => name === account)!;
  const other = pick(ACCOUNTS.filter(({ organization }) => organization !== own.organization));
  return { reason: { kind: 'account', isOtherOrganization: true }, readTokens: 0, account: other.name };
};

const BEDROCK = (): Incident => ({
  reason: { kind: 'upstream', before: 'anthropic', after: 'bedrock' },
  readTokens: 0,
  isOnBedrock: true,
});

const USUAL = [EXPIRED, EXPIRED, EXPIRED, TOOLS, TOOLS, SYSTEM, SETTINGS, MESSAGES, ACCOUNT];
const WHILE_LIMITED = [BEDROCK, BEDROCK, BEDROCK, ACCOUNT];

/** @param isLimited Anthropic limits the accounts at this time */
export function incidentOf(state: SessionState, isLimited: boolean): Incident {
  return pick(isLimited ? WHILE_LIMITED : USUAL)(state);
}
