import type { Account } from '@claude-proxy/admin-api';
import { type Block, type Cell, facts, table } from '../text/blocks.js';
import { countText, moneyText, numbered, relativeTime, shareText } from '../text/numbers.js';

export function stateText({ state, state_reason, state_until }: Account, nowMs: number): Cell {
  const end = state_until === null ? '' : `, ends ${relativeTime(state_until, nowMs)}`;
  const reason = state_reason === null || state === 'ready' ? '' : ` (${state_reason})`;
  return { text: `${state}${reason}${end}`, tone: state === 'ready' ? 'good' : 'warn' };
}

/** What a change does, in words. */
export function effectOf(before: Account, after: Account, all: readonly Account[]): string {
  const { name, sessions } = before;
  if (after.state === 'paused' && before.state !== 'paused') {
    return `${name} is paused on all tasks within 5 s: running answers go on, ${countOf(sessions)} will move with the next request and lose the prompt cache.`;
  }
  if (after.state === 'draining' && before.state !== 'draining') {
    return `${name} takes no new sessions: ${countOf(sessions)} will stay until the prompt cache is cold.`;
  }
  if (after.priority !== before.priority) return priorityEffect(after, all);
  if (before.state === 'paused' || before.state === 'draining')
    return `${after.name} takes new sessions within 5 s; its state is ${after.state}.`;
  return `${after.name} is changed: state ${after.state}, priority ${after.priority}, weight ${after.weight}, models ${after.models?.join(', ') ?? 'all'}.`;
}

const countOf = (sessions: number) => numbered(sessions, 'session');

function priorityEffect({ id, name, priority }: Account, all: readonly Account[]): string {
  const above = all.filter((other) => other.id !== id && other.state === 'ready' && other.priority < priority);
  const outranked =
    above.length === 0
      ? 'it is used first'
      : `${above.map((other) => other.name).join(', ')} outrank it while they are ready`;
  return `${name} has priority ${priority}: ${outranked}. Sessions stay where their prompt cache is.`;
}

export function accountFacts(account: Account, nowMs: number): Block[] {
  return [
    facts(
      ['Name', account.name],
      ['Id', account.id],
      ['Fingerprint', account.fingerprint],
      ['From', account.origin === 'environment' ? 'the environment' : 'the admin API'],
      ['Organization', account.organization ?? 'not known yet'],
      ['Workspace', account.workspace ?? 'not known yet'],
      ['State', stateText(account, nowMs)],
      ['Priority', `${account.priority}, weight ${account.weight}`],
      ['Models', account.models?.join(', ') ?? 'all'],
      ['Sessions', String(account.sessions)],
      [
        'Last 30 days',
        `${countText(account.requests)} requests, ${countText(account.tokens)} tokens, ${moneyText(account.cost_usd)}, ${shareText(account.cache_hit_share)} from the cache`,
      ],
    ),
    ...(account.closures.length === 0
      ? []
      : [
          table(
            ['CLOSED FOR', 'STATE', 'REASON', 'ENDS'],
            account.closures.map(({ group, state, reason, until }) => [
              group,
              state,
              reason,
              until === null ? 'by an operator' : relativeTime(until, nowMs),
            ]),
          ),
        ]),
  ];
}

/** What the removal of an account does. */
export function removalText({ name, sessions }: Account): string {
  if (sessions === 0) return `${name}: no session is on it`;
  const [move, lose] = sessions === 1 ? ['moves', 'loses its'] : ['move', 'lose their'];
  return `${name}: ${countOf(sessions)} on it ${move} to other accounts and ${lose} prompt cache`;
}
